import PeftPlatform

/// A C function that this process may or may not have loaded.
enum LoadedSymbol {
  static func find<Function>(_ name: String, as type: Function.Type) -> Function? {
    dlsym(dlopen(nil, RTLD_NOW), name).map { unsafeBitCast($0, to: type) }
  }
}
