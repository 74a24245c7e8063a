public import TunerKit
