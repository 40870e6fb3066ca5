// Where reader processes come from: a process that is forked off before there is anything to
// inherit (configuration, secrets, threads, connections, files) and does nothing but fork itself
// when asked. A reader enters its jail (process/reader_jail.h), then answers requests until its
// line ends. None of them outlives the process that it works for.
#pragma once

#include <functional>

#include "archive/reader/answering.h"
#include "archive/reader/line.h"
#include "base/result.h"

namespace restante::archive {

/// How a reader answers; another than answer() is for tests.
using AnswerFunction = std::function<Answerer>;

/// First thing in main(): one thread, nothing open but what was inherited. A failure is kept, and
/// new_reader() tells it.
void start_readers(const AnswerFunction& answerer = answer);
/// Ends them all; until the next start messages are read in this process.
void end_readers();
/// False: readers were never started (unit tests, fuzzing).
bool has_readers();

/// A reader for one owner at a time.
struct Lent {
  Line line;
  bool is_new = true;
};
enum class Which : std::uint8_t {
  kAny,
  kNew,
  /// A new one with the library that reads PDF files (documents/pdf_text.h). The jail lets no
  /// reader load it, so the process that forks loads it, once; all that are new from then on have
  /// it.
  kWithPdf,
};

/// One that was given back, or a new one; from any thread. Errors: kClosed (no process can be had).
Result<Lent> lend_reader(Which which);
/// For the next one; one that has served enough is ended. One that did not answer as it should is
/// not given back.
void give_back(Line line);

}  // namespace restante::archive
