import PeftPlatform

/// Threads that share out numbered tasks; the calling thread is one of them.
///
/// Which thread takes a task is left to chance, what a task does is not: results are the same for
/// any number of threads. A pool belongs to one caller at a time.
final class WorkerPool: @unchecked Sendable {
  /// Threads that work, the caller's among them.
  let count: Int
  private let state: UnsafeMutablePointer<State>
  private var threads: [pthread_t] = []

  /// What all threads look at, under one lock.
  private struct State {
    var lock = pthread_mutex_t()
    var started = pthread_cond_t()
    var finished = pthread_cond_t()
    var body: ((_ task: Int, _ worker: Int) -> Void)?
    var next = 0
    var end = 0
    var unfinished = 0
    var isClosing = false
  }

  init(count: Int) {
    self.count = max(1, count)
    state = .allocate(capacity: 1)
    state.initialize(to: State())
    pthread_mutex_init(&state.pointee.lock, nil)
    pthread_cond_init(&state.pointee.started, nil)
    pthread_cond_init(&state.pointee.finished, nil)
    for worker in 1..<self.count {
      if let thread = Self.start({ [state] in Self.work(state, worker) }) { threads.append(thread) }
    }
  }

  deinit {
    pthread_mutex_lock(&state.pointee.lock)
    state.pointee.isClosing = true
    pthread_cond_broadcast(&state.pointee.started)
    pthread_mutex_unlock(&state.pointee.lock)
    for thread in threads { pthread_join(thread, nil) }
    pthread_mutex_destroy(&state.pointee.lock)
    pthread_cond_destroy(&state.pointee.started)
    pthread_cond_destroy(&state.pointee.finished)
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Runs every task from 0 to before `tasks` and returns when all are done.
  func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 1, count > 1 else {
      for task in 0..<max(0, tasks) { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      pthread_mutex_lock(&state.pointee.lock)
      state.pointee.body = body
      state.pointee.next = 0
      state.pointee.end = tasks
      state.pointee.unfinished = tasks
      pthread_cond_broadcast(&state.pointee.started)
      Self.takeTasks(state, worker: 0)
      while state.pointee.unfinished > 0 {
        pthread_cond_wait(&state.pointee.finished, &state.pointee.lock)
      }
      state.pointee.body = nil
      pthread_mutex_unlock(&state.pointee.lock)
    }
  }

  private static func work(_ state: UnsafeMutablePointer<State>, _ worker: Int) {
    OpenMP.useOneThread()
    pthread_mutex_lock(&state.pointee.lock)
    while !state.pointee.isClosing {
      takeTasks(state, worker: worker)
      if !state.pointee.isClosing { pthread_cond_wait(&state.pointee.started, &state.pointee.lock) }
    }
    pthread_mutex_unlock(&state.pointee.lock)
  }

  /// Takes tasks until there are none left. The lock is held before and after.
  private static func takeTasks(_ state: UnsafeMutablePointer<State>, worker: Int) {
    while state.pointee.next < state.pointee.end, let body = state.pointee.body {
      let task = state.pointee.next
      state.pointee.next += 1
      pthread_mutex_unlock(&state.pointee.lock)
      body(task, worker)
      pthread_mutex_lock(&state.pointee.lock)
      state.pointee.unfinished -= 1
      if state.pointee.unfinished == 0 { pthread_cond_signal(&state.pointee.finished) }
    }
  }

  private final class Start {
    let body: () -> Void
    init(_ body: @escaping () -> Void) { self.body = body }
  }

  private static func start(_ body: @escaping () -> Void) -> pthread_t? {
    let start = Unmanaged.passRetained(Start(body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let failure = pthread_create(
        &thread, nil,
        { pointer in
          Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
          return nil
        }, start.toOpaque())
    #else
      var thread = pthread_t()
      let failure = pthread_create(
        &thread, nil,
        { pointer in
          guard let pointer else { return nil }
          Unmanaged<Start>.fromOpaque(pointer).takeRetainedValue().body()
          return nil
        }, start.toOpaque())
    #endif
    guard failure == 0 else {
      start.release()
      return nil
    }
    return thread
  }
}

extension WorkerPool {
  /// The number of logical processors that this process may run on.
  static var coreCount: Int {
    // Linux lets a process run on some processors only; its header hides the call from Swift.
    typealias Affinity = @convention(c) (CInt, Int, UnsafeMutableRawPointer) -> CInt
    var allowed = [UInt8](repeating: 0, count: 1024)
    if let affinity = LoadedSymbol.find("sched_getaffinity", as: Affinity.self),
      affinity(0, allowed.count, &allowed) == 0
    {
      return max(1, allowed.reduce(0) { $0 + $1.nonzeroBitCount })
    }
    return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }
}
