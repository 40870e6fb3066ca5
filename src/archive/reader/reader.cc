#include "archive/reader/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "archive/reader/answering.h"
#include "archive/reader/wire.h"
#include "archive/reader/zygote.h"
#include "process/seccomp.h"
#include "text/charset.h"

namespace restante::archive {
namespace {

using Outcome = Line::Outcome;

constexpr std::size_t kRawBytesMax = 64U << 10;
// The sanitizers make all of it slower.
constexpr int kSlower = process::kSanitized ? 5 : 1;
constexpr int kBusier = process::kSanitized ? 2 : 1;

/// The file, if it is one; never a pipe or a device, which would be waited for.
Result<Descriptor> open_message(const Path& path) {
  RESTANTE_TRY(Descriptor file, open_file(path, O_RDONLY | O_NONBLOCK));
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return system_error("fstat", path);
  if (!S_ISREG(status.st_mode)) return Error(Errc::kIo, path.string() + ": is no regular file");
  return file;
}

std::string_view reason(Outcome outcome) {
  switch (outcome) {
    case Outcome::kGone: return "its reading crashed or took too much memory";
    case Outcome::kTooLong: return "it takes too long to read";
    case Outcome::kSilent: return "its reading stood still";
    case Outcome::kFrame:
    case Outcome::kNonsense: break;
  }
  return "its reading went astray";
}

/// One request and its answer, of a reader that may have to be replaced.
class Exchange {
 public:
  Exchange(const Request& request, const Descriptor& file, const Patience& patience,
           const OctetSink& sink)
      : request_(packed(request)), file_(file), patience_(patience), sink_(sink) {}

  /// The answer's octets. Errors: kLimit (the message's fault), kBusy, kNotFound, the sink's.
  Result<std::string> run() {
    Which which = Which::kAny;
    for (bool is_again = false;;) {
      RESTANTE_TRY(Lent lent, lend_reader(which));
      const Outcome outcome = ask(lent.line);
      if (outcome == Outcome::kFrame && std::exchange(asks_for_pdf_, false)) {
        which = Which::kWithPdf;
        continue;
      }
      // One that served others before may have died of them, and anything may be ended or stopped
      // from outside; what computes for too long does so again.
      const bool may_help = outcome == Outcome::kGone || outcome == Outcome::kSilent;
      if (!may_help || has_pieces_ || is_again) return result_of(outcome, std::move(lent.line));
      is_again = true;
      if (which == Which::kAny) which = Which::kNew;
    }
  }

 private:
  Result<std::string> result_of(Outcome outcome, Line line) {
    // A busy machine or a slow disk may be why.
    if (outcome == Outcome::kSilent)
      return Error(Errc::kTimeout, std::string(reason(outcome)) + ", twice");
    if (outcome != Outcome::kFrame) return Error(Errc::kLimit, std::string(reason(outcome)));
    if (!is_last_) give_back(std::move(line));
    return std::move(result_);
  }

  /// kFrame: all of the answer is there.
  Outcome ask(Line& line) {
    if (!line.send(request_, file_)) return Outcome::kGone;
    for (;;) {
      Frame frame;
      const Outcome outcome = line.receive(frame, patience_);
      if (outcome != Outcome::kFrame) return outcome;
      if (frame.kind != FrameKind::kPiece) return take(std::move(frame));
      if (!sink_) return Outcome::kNonsense;
      has_pieces_ = true;
      if (const Status taken = sink_(frame.octets); !taken) {
        result_ = taken.error();
        is_last_ = true;  // It is in the middle of an answer.
        return Outcome::kFrame;
      }
    }
  }

  Outcome take(Frame frame) {
    is_last_ = frame.is_last;
    switch (frame.kind) {
      case FrameKind::kRequest:
      case FrameKind::kPiece: return Outcome::kNonsense;
      case FrameKind::kAnswer: result_ = std::move(frame.octets); break;
      case FrameKind::kNothing:
        result_ = Error(Errc::kNotFound, text::mend_utf8(frame.octets));
        break;
      case FrameKind::kTrouble: result_ = Error(Errc::kIo, text::mend_utf8(frame.octets)); break;
      case FrameKind::kUnfit:
        result_ = Error(Errc::kBusy, "mail is not read without a jail: " + frame.octets);
        break;
      case FrameKind::kPdf:
        if (std::exchange(has_asked_for_pdf_, true)) return Outcome::kNonsense;
        asks_for_pdf_ = true;
        break;
    }
    return Outcome::kFrame;
  }

  const std::string request_;
  const Descriptor& file_;
  const Patience& patience_;
  const OctetSink& sink_;
  Result<std::string> result_;
  bool has_pieces_ = false;
  bool asks_for_pdf_ = false;
  bool has_asked_for_pdf_ = false;  // Which no reader does twice.
  bool is_last_ = false;
};

Result<std::string> exchange(const Request& request, Descriptor file, const Patience& patience,
                             const OctetSink& sink = {}) {
  if (!has_readers()) return answer(request, std::move(file), sink);
  return Exchange(request, file, patience, sink).run();
}

/// Says which message it was.
Error about(const Path& file, Error error) {
  if (error.code == Errc::kIo) return Error(Errc::kIo, file.string() + ": " + error.detail);
  if (error.code == Errc::kTimeout)
    return Error(Errc::kTimeout, file.string() + ": " + error.detail + "; try again");
  if (error.code != Errc::kLimit) return error;
  return Error(Errc::kLimit, file.string() + ": " + error.detail +
                                 "; its octets are kept, and \"restante show --raw\" gives them");
}

enum class Documents : std::uint8_t {
  kNone,
  kToo,
  kUnlessSlow,  // Also without them where their reader stands still.
};

struct Answer {
  std::string octets;
  std::string left_out;  // Not empty: its documents are, and why.
};

/// Documents are read by what others wrote, and many are large. What a reader does of one costs
/// their text alone: the message is asked for once more without them. Half of the time is theirs,
/// so that a document that is long, and nothing worse, is read as far as that goes.
Result<Answer> exchange_for(const Path& path, Descriptor file, Request request,
                            const Patience& patience, Documents documents) {
  if (documents != Documents::kNone) request.document_time = patience.processor / 2;
  auto octets = exchange(request, std::move(file), patience);
  if (octets) return Answer{std::move(*octets), {}};
  const Error why = about(path, octets.error());
  const bool may_be_one = why.code == Errc::kLimit ||
                          (why.code == Errc::kTimeout && documents == Documents::kUnlessSlow);
  if (documents == Documents::kNone || !may_be_one) return why;
  request.document_time = {};
  RESTANTE_TRY(Descriptor again, open_message(path));
  octets = exchange(request, std::move(again), patience);
  if (!octets) return about(path, octets.error());
  return Answer{std::move(*octets), why.detail};
}

/// Nothing that a reader says is taken as it is.
template <typename Value>
Result<Value> believed(std::optional<Value> value) {
  if (value) return std::move(*value);
  return Error(Errc::kLimit, std::string(reason(Outcome::kNonsense)));
}

}  // namespace

Reader::Reader(const Patience& patience)
    : patience_{kSlower * patience.processor, kBusier * patience.wall} {}

Result<Reading> Reader::read(const Path& file, const Wanted& wanted) {
  RESTANTE_TRY(Descriptor opened, open_message(file));
  Request request;
  request.wanted = wanted;
  RESTANTE_TRY(
      const Answer answer,
      exchange_for(file, std::move(opened), request, patience_,
                   wanted.attached_bytes_max > 0 ? Documents::kUnlessSlow : Documents::kNone));
  auto reading = believed(unpack_reading(answer.octets));
  if (!reading) return about(file, reading.error());
  if (wanted.sizes) reading->sizes.resize(reading->parts.size());
  return std::move(*reading);
}

Result<IndexEntry> Reader::entry(const Path& file, Try which) {
  auto opened = open_message(file);
  if (!opened) {
    IndexEntry entry;
    entry.is_missing = opened.error().code == Errc::kNotFound;
    return entry;
  }
  Request request;
  request.ask = Ask::kEntry;
  RESTANTE_TRY(Answer answer,
               exchange_for(file, std::move(*opened), request, patience_,
                            which == Try::kLast ? Documents::kUnlessSlow : Documents::kToo));
  auto entry = believed(unpack_entry(answer.octets));
  if (!entry) return about(file, entry.error());
  entry->left_out = std::move(answer.left_out);
  return std::move(*entry);
}

Status Reader::send_part(const Path& file, unsigned number, const OctetSink& sink) {
  RESTANTE_TRY(Descriptor opened, open_message(file));
  Request request;
  request.ask = Ask::kPart;
  request.wanted.file_bytes_max = ~0ULL >> 1U;
  request.part = number;
  const auto octets = exchange(request, std::move(opened), patience_, sink);
  if (octets) return ok();
  // The sink's own errors are about another file.
  const Errc code = octets.error().code;
  return code == Errc::kLimit || code == Errc::kTimeout ? about(file, octets.error())
                                                        : octets.error();
}

std::string Reader::field(std::string_view raw) {
  Request request;
  request.ask = Ask::kField;
  request.raw = raw.substr(0, kRawBytesMax);
  const auto octets = exchange(request, Descriptor(), patience_);
  return text::mend_utf8(octets ? *octets : request.raw);
}

std::optional<std::int64_t> Reader::date(std::string_view raw) {
  Request request;
  request.ask = Ask::kDate;
  request.raw = raw.substr(0, kRawBytesMax);
  const auto octets = exchange(request, Descriptor(), patience_);
  return octets ? unpack_date(*octets).value_or(std::nullopt) : std::nullopt;
}

}  // namespace restante::archive
