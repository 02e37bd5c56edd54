// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the process takes of its machine, under the names that all of Prometheus's clients use.
///
/// What a system does not tell without more ado (memory outside of Linux) is left out.
struct ProcessMetrics: Sendable {
  /// In seconds of the Unix epoch.
  private let start: Double

  /// Takes the process for as old as the system says, or else as this.
  init() { start = Self.startTime() ?? Self.now() }

  var families: [MetricFamily] {
    var families = [
      MetricFamily(
        "process_start_time_seconds", .gauge, unit: "seconds", help: "Start time of the process since the Unix epoch.",
        start)
    ]
    if let seconds = Self.cpuSeconds() {
      families.append(
        MetricFamily(
          "process_cpu_seconds", .counter, unit: "seconds", help: "CPU time, of the user and of the system.", seconds))
    }
    if let memory = Self.memory() {
      families.append(
        MetricFamily(
          "process_resident_memory_bytes", .gauge, unit: "bytes", help: "Memory in RAM.", memory.resident))
      families.append(
        MetricFamily("process_virtual_memory_bytes", .gauge, unit: "bytes", help: "Address space.", memory.virtual))
    }
    if let open = Self.openFiles() {
      families.append(MetricFamily("process_open_fds", .gauge, help: "Open file descriptors.", open))
    }
    if let most = Self.mostFiles() {
      families.append(MetricFamily("process_max_fds", .gauge, help: "Most file descriptors there may be.", most))
    }
    return families
  }

  static func now() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  private static func cpuSeconds() -> Double? {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func openFiles() -> Double? {
    guard let folder = opendir("/dev/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Neither `.` and `..` nor the folder itself.
    return Double(max(0, count - 3))
  }

  private static func mostFiles() -> Double? {
    var limit = rlimit()
    #if canImport(Darwin)
      let code = getrlimit(RLIMIT_NOFILE, &limit)
    #else
      let code = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #endif
    return code == 0 ? Double(limit.rlim_cur) : nil
  }

  #if os(Linux)
    private static func memory() -> (resident: Double, virtual: Double)? {
      let pages = contents("/proc/self/statm").split(separator: " ").prefix(2).compactMap { Double($0) }
      guard pages.count == 2 else { return nil }
      let size = Double(sysconf(Int32(_SC_PAGESIZE)))
      return (pages[1] * size, pages[0] * size)
    }

    /// The kernel counts in ticks since it booted (proc(5)).
    private static func startTime() -> Double? {
      let stat = contents("/proc/self/stat")
      // The name of the program, the second field, may hold anything.
      guard let end = stat.lastIndex(of: ")") else { return nil }
      let fields = stat[end...].split(separator: " ")
      let boot = contents("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }?.dropFirst(6)
      guard fields.count > 20, let ticks = Double(fields[20]), let boot = boot.flatMap({ Double($0) }) else {
        return nil
      }
      return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func contents(_ path: String) -> String {
      guard let file = fopen(path, "r") else { return "" }
      defer { fclose(file) }
      var bytes: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 4096)
      while bytes.count < 1 << 20 {
        let count = fread(&piece, 1, piece.count, file)
        if count == 0 { break }
        bytes += piece[..<count]
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  #else
    private static func memory() -> (resident: Double, virtual: Double)? { nil }
    private static func startTime() -> Double? { nil }
  #endif
}
