import CKernels
import PeftPlatform
import Synchronization

/// Worker threads that share out numbered tasks.
///
/// The caller hands over all that is to be done (`perform`) and waits: it computes nothing itself, because
/// its thread may run signal handlers. The first worker takes what was handed over, and shares out the
/// tasks in it (`run`) among all workers, itself included.
///
/// Which thread takes a task is left to chance, what a task does is not: results are the same for
/// any number of threads. A pool belongs to one caller at a time.
final class WorkerPool: @unchecked Sendable {
  /// Threads that work.
  let count: Int
  private let shared = SharedState()
  private var threads: [WorkerThread] = []

  /// - Throws: `RunError` where the system has not one thread to give; fewer than asked for will do.
  init(count: Int) throws(RunError) {
    self.count = max(1, count)
    for worker in 0..<self.count {
      guard let thread = WorkerThread({ [shared] in Self.work(shared, worker) }) else { break }
      threads.append(thread)
    }
    if threads.isEmpty { throw RunError(.noThread) }
  }

  deinit {
    shared.lock()
    shared.isClosing = true
    shared.tell(.handedOver)
    shared.tell(.started)
    shared.unlock()
    for thread in threads { thread.join() }
  }

  /// Runs `body` on the first worker, where it may call `run`, and returns when it has.
  func perform<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
    var result = Result<Void, Failure>.success(())
    withoutActuallyEscaping(body) { body in
      shared.lock()
      shared.job = {
        do throws(Failure) { try body() } catch { result = .failure(error) }
      }
      shared.tell(.handedOver)
      shared.wait(for: .returned) { shared.job == nil }
      shared.unlock()
    }
    try result.get()
  }

  /// Runs every task from 0 to before `tasks` and returns when all are done. Called within `perform`.
  func run(_ tasks: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    guard tasks > 1, threads.count > 1 else {
      for task in 0..<max(0, tasks) { body(task, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      shared.lock()
      shared.body = body
      shared.next = 0
      shared.end = tasks
      shared.unfinished = tasks
      shared.tell(.started)
      Self.takeTasks(shared, worker: 0)
      shared.wait(for: .finished) { shared.unfinished == 0 }
      shared.body = nil
      shared.unlock()
    }
  }

  /// What each of the threads does.
  private static func work(_ shared: SharedState, _ worker: Int) {
    shared.lock()
    while !shared.isClosing {
      if worker == 0 {
        takeJob(shared)
        shared.wait(for: .handedOver) { shared.job != nil || shared.isClosing }
      } else {
        takeTasks(shared, worker: worker)
        shared.wait(for: .started) { shared.next < shared.end || shared.isClosing }
      }
    }
    shared.unlock()
  }

  /// Does what was handed over, if anything. The lock is held before and after.
  private static func takeJob(_ shared: SharedState) {
    guard let job = shared.job else { return }
    shared.unlock()
    job()
    shared.lock()
    shared.job = nil
    shared.tell(.returned)
  }

  /// Takes tasks until there are none left. The lock is held before and after.
  private static func takeTasks(_ shared: SharedState, worker: Int) {
    while shared.next < shared.end, let body = shared.body {
      let task = shared.next
      shared.next += 1
      shared.unlock()
      body(task, worker)
      shared.lock()
      shared.unfinished -= 1
      if shared.unfinished == 0 { shared.tell(.finished) }
    }
  }
}

/// What the caller and all workers of a pool look at, under one lock.
private final class SharedState: @unchecked Sendable {
  /// What is waited for: by the first worker a job, by the others tasks, by the first worker the last of
  /// them, by the caller the job's end.
  enum Condition: Int, CaseIterable { case handedOver, started, finished, returned }

  var job: (() -> Void)?
  var body: ((_ task: Int, _ worker: Int) -> Void)?
  var next = 0
  var end = 0
  var unfinished = 0
  var isClosing = false
  /// How often something was told.
  private let news = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let conditions = UnsafeMutablePointer<pthread_cond_t>.allocate(
    capacity: Condition.allCases.count)

  init() {
    pthread_mutex_init(mutex, nil)
    for condition in Condition.allCases { pthread_cond_init(conditions + condition.rawValue, nil) }
  }

  deinit {
    pthread_mutex_destroy(mutex)
    for condition in Condition.allCases { pthread_cond_destroy(conditions + condition.rawValue) }
    mutex.deallocate()
    conditions.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }

  /// How often a thread looks whether there is news before it sleeps: some 20 µs, less than being woken takes. Steps of
  /// decoding are about as long.
  private static let mostLooks = 500

  /// Wakes all that wait for it. The lock is held.
  func tell(_ condition: Condition) {
    news.add(1, ordering: .releasing)
    pthread_cond_broadcast(conditions + condition.rawValue)
  }

  /// Waits until `isSo`, with the lock held before and after.
  func wait(for condition: Condition, until isSo: () -> Bool) {
    var looks = 0
    while !isSo() {
      guard looks < Self.mostLooks else {
        pthread_cond_wait(conditions + condition.rawValue, mutex)
        continue
      }
      let known = news.load(ordering: .acquiring)
      unlock()
      while looks < Self.mostLooks, news.load(ordering: .acquiring) == known {
        ck_pause()
        looks += 1
      }
      lock()
    }
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
