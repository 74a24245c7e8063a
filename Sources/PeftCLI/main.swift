import Peft
import PeftCommands

PeftCommand(registry: .standard).run()
