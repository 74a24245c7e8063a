public import CPUCore
public import TunerKit

extension Precision: ConfigurationChoice {}
