import Peft

PeftCommand(registry: .standard).run()
