import Glibc

/// Writes to standard error at once, in one piece.
func writeStandardError(_ text: String) {
  var text = text
  text.withUTF8 { bytes in
    // A terminal or pipe that is gone takes nothing; there is nowhere else to say so.
    _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
  }
}

/// Makes what was printed visible to who waits for it.
func flushStandardOutput() {
  fflush(nil)
}
