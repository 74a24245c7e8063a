import PeftPlatform
import Testing

@testable import CPUCore

@Suite("Worker threads") struct WorkerThreadTests {
  private static let faults = [SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGSYS]

  /// The signals that the calling thread blocks.
  private static var blocked: Set<CInt> {
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &mask)
    return Set((1...31).filter { sigismember(&mask, $0) == 1 })
  }

  @Test("Block all signals but those of faults, which find an alternate stack", arguments: [1, 3])
  func signals(threads: Int) throws {
    let before = Self.blocked
    let pool = try WorkerPool(count: threads)
    #expect(Self.blocked == before)
    // SIGKILL and SIGSTOP cannot be blocked.
    let expected = Set(1...31).subtracting(Self.faults + [SIGKILL, SIGSTOP])
    var found = [Bool](repeating: false, count: 100)
    found.withUnsafeMutableBufferPointer { found in
      nonisolated(unsafe) let found = found
      pool.perform {
        pool.run(100) { task, _ in
          var stack = stack_t()
          sigaltstack(nil, &stack)
          found[task] =
            Self.blocked == expected && stack.ss_flags & CInt(SS_DISABLE) == 0
            && stack.ss_size >= 1 << 16 && WorkerThread.isCurrent
        }
      }
    }
    #expect(found.allSatisfy { $0 })
    #expect(!WorkerThread.isCurrent)
  }

  @Test("A thread of its own runs a body and gives its result")
  func single() {
    let caller = pthread_self()
    let isOther = WorkerThread.run {
      pthread_equal(caller, pthread_self()) == 0 && WorkerThread.isCurrent
    }
    #expect(isOther == true)
  }

  @Test("What a job throws reaches who handed it over, and the pool goes on")
  func failure() throws {
    let pool = try WorkerPool(count: 2)
    #expect(throws: RunError(.noMemory(bytes: 3))) {
      try pool.perform { () throws(RunError) in throw RunError(.noMemory(bytes: 3)) }
    }
    var sum = 0
    pool.perform { sum = 5 }
    #expect(sum == 5)
  }
}
