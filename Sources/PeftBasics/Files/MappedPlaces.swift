import PeftPlatform

/// Which file an address is mapped from, as a signal handler can ask: without a lock, without new memory.
enum MappedPlaces {
  private struct Place {
    var start: UInt = 0
    var end: UInt = 0
    /// Printable; nil where nothing is recorded.
    var path: UnsafeMutablePointer<CChar>?
  }

  /// Files that are known by name at a time; more are mapped all the same.
  private static let limit = 1024
  nonisolated(unsafe) private static let places: UnsafeMutablePointer<Place> = {
    let places = UnsafeMutablePointer<Place>.allocate(capacity: limit)
    places.initialize(repeating: Place(), count: limit)
    return places
  }()
  nonisolated(unsafe) private static let lock: UnsafeMutablePointer<pthread_mutex_t> = {
    let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    return lock
  }()

  static func record(_ bytes: UnsafeRawBufferPointer, path: String) {
    guard let start = bytes.baseAddress else { return }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    guard let free = (0..<limit).first(where: { places[$0].path == nil }) else { return }
    places[free].start = UInt(bitPattern: start)
    places[free].end = UInt(bitPattern: start) + UInt(bytes.count)
    places[free].path = strdup(path.printable)
  }

  static func forget(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    let own = (0..<limit).first {
      places[$0].start == UInt(bitPattern: start) && places[$0].path != nil
    }
    guard let own else { return }
    free(places[own].path)
    places[own] = Place()
  }

  /// The printable path of the file that lies at an address; nil where none does that is known by name.
  static func path(at address: UnsafeRawPointer?) -> UnsafePointer<CChar>? {
    let address = UInt(bitPattern: address)
    for number in 0..<limit where places[number].start <= address && address < places[number].end {
      return places[number].path.map { UnsafePointer($0) }
    }
    return nil
  }
}
