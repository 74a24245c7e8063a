import LoraXS
import Peft
import PeftCommands

var tuners = TunerRegistry.standard
try tuners.register(LoraXSTuner.self)
PeftCommand(registry: tuners).run()
