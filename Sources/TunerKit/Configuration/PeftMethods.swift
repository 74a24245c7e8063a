/// The methods that PEFT 0.21.2 has, by their `peft_type`, whether there is a tuner for them here or not.
enum PeftMethods {
  private static let names: Set<String> = [
    "ADALORA", "ADAMSS", "ADAPTION_PROMPT", "BEFT", "BOFT", "BONE", "C3A", "CARTRIDGE", "CPT",
    "DEFT",
    "DELORA", "FOURIERFT", "FROD", "GLORA", "GRALORA", "HIRA", "HRA", "IA3", "LILY", "LN_TUNING",
    "LOHA", "LOKR", "MISS", "MULTITASK_PROMPT_TUNING", "OFT", "OSF", "PEANUT", "POLY",
    "PREFIX_TUNING", "PROMPT_TUNING", "PSOFT", "PVERA", "P_TUNING", "ROAD", "SHADOW", "SHIRA",
    "SUPERTUNING", "TINYLORA", "TRAINABLE_TOKENS", "UNILORA", "VBLORA", "VERA", "WAVEFT", "XLORA",
  ]

  /// Whether a name that no tuner has is that of another method, and no slip.
  static func contains(_ name: String) -> Bool { names.contains(name.uppercased()) }
}
