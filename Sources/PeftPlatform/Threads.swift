/// Starts a thread that runs `body`; nil where the system has none to give.
/// - Parameter stackBytes: The size of its stack, which systems choose as differently as 128 kB and 8 MB.
package func startThread(stackBytes: Int, _ body: @escaping () -> Void) -> pthread_t? {
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setstacksize(&attributes, stackBytes)
  let work = Unmanaged.passRetained(ThreadWork(body))
  #if canImport(Darwin)
    var thread: pthread_t?
    let failure = pthread_create(
      &thread, &attributes,
      { pointer in
        Unmanaged<ThreadWork>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
  #else
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<ThreadWork>.fromOpaque(pointer).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
  #endif
  guard failure == 0 else {
    work.release()
    return nil
  }
  return thread
}

/// A closure that C can carry.
private final class ThreadWork {
  let body: () -> Void
  init(_ body: @escaping () -> Void) { self.body = body }
}
