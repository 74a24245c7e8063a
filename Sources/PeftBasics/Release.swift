/// What this release of the library is called.
public enum Release {
  public static let version = "0.1.0"
}
