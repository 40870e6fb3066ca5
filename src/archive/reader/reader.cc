#include "archive/reader/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "archive/reader/answering.h"
#include "archive/reader/wire.h"
#include "archive/reader/zygote.h"
#include "mime/structure.h"
#include "process/seccomp.h"
#include "text/charsets/charset.h"

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

/// What the decoders can make of a file. Two octets of uuencode become 45, and what lies in a part
/// that was decoded is decoded again.
std::uint64_t most_of_a_part(const Descriptor& file) {
  constexpr std::uint64_t kLarger = 23;
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return 0;
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  return kLarger * (bytes + std::min<std::uint64_t>(kLarger * bytes, mime::kDecodedBytesMax));
}

/// Takes an answer's octets. False: they are none of what was asked for.
using Taker = std::function<bool(std::string_view octets)>;

/// One request and its answer, of a reader that may have to be replaced.
class Exchange {
 public:
  Exchange(const Request& request, const Descriptor& file, const Patience& patience,
           const OctetSink& sink, const Taker& taker)
      : request_(packed(request)),
        never_fails_(request.ask == Ask::kEntry),
        file_(file),
        patience_(patience),
        sink_(sink),
        taker_(taker),
        piece_bytes_left_(most_of_a_part(file)) {}

  /// Errors: kLimit (the message's fault), kTimeout, kClosed, kNotFound, kIo, the sink's.
  Status run() {
    Which which = Which::kAny;
    for (bool is_again = false;;) {
      RESTANTE_TRY(Lent lent, lend_reader(which));
      const Outcome outcome = ask(std::move(lent.line));
      if (outcome == Outcome::kFrame && std::exchange(asks_for_pdf_, false)) {
        which = Which::kWithPdf;
        continue;
      }
      if (is_again || has_pieces_ || !may_help(outcome, lent.is_new)) return result_of(outcome);
      is_again = true;
      if (which == Which::kAny) which = Which::kNew;
    }
  }

 private:
  /// A reader that served others before may have died of them, and any process may be ended or
  /// stopped from outside; a message that takes too long does so again.
  static bool may_help(Outcome outcome, bool was_new) {
    return outcome == Outcome::kGone || outcome == Outcome::kSilent ||
           (outcome == Outcome::kNonsense && !was_new);
  }

  Status result_of(Outcome outcome) {
    // A busy machine or a slow disk may be why.
    if (outcome == Outcome::kSilent)
      return Error(Errc::kTimeout, std::string(reason(outcome)) + (has_pieces_ ? "" : ", twice"));
    if (outcome != Outcome::kFrame) return Error(Errc::kLimit, std::string(reason(outcome)));
    return std::move(result_);
  }

  /// kFrame: all of the answer is there. The reader ends unless it may be asked again.
  Outcome ask(Line line) {
    const Outcome outcome = converse(line);
    if (outcome == Outcome::kFrame && !is_last_) give_back(std::move(line));
    return outcome;
  }

  Outcome converse(Line& line) {
    const Outcome sent = line.send(request_, file_, patience_);
    if (sent != Outcome::kFrame) return sent;
    for (;;) {
      Frame frame;
      const Outcome outcome = line.receive(frame);
      if (outcome != Outcome::kFrame) return outcome;
      if (frame.kind != FrameKind::kPiece) return take(std::move(frame));
      if (!sink_ || frame.octets.empty() || frame.octets.size() > piece_bytes_left_)
        return Outcome::kNonsense;
      piece_bytes_left_ -= frame.octets.size();
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
      case FrameKind::kAnswer: return taker_(frame.octets) ? Outcome::kFrame : Outcome::kNonsense;
      case FrameKind::kNothing:
        if (never_fails_) return Outcome::kNonsense;
        result_ = Error(Errc::kNotFound, text::mend_utf8(frame.octets));
        break;
      case FrameKind::kTrouble:
        if (never_fails_) return Outcome::kNonsense;
        result_ = Error(Errc::kIo, text::mend_utf8(frame.octets));
        break;
      case FrameKind::kUnfit:
        result_ = Error(Errc::kClosed, "mail is not read where its reader gets no jail (" +
                                           text::mend_utf8(frame.octets) +
                                           "): the sandbox around this program must let it give up "
                                           "rights; \"restante show --raw\" works without");
        break;
      case FrameKind::kPdf:
        if (has_pieces_ || std::exchange(has_asked_for_pdf_, true)) return Outcome::kNonsense;
        asks_for_pdf_ = true;
        is_last_ = true;
        break;
    }
    return Outcome::kFrame;
  }

  const std::string request_;
  const bool never_fails_;  // An honest reader answers this always; an Error is none.
  const Descriptor& file_;
  const Patience& patience_;
  const OctetSink& sink_;
  const Taker& taker_;
  std::uint64_t piece_bytes_left_;
  Status result_;
  bool has_pieces_ = false;
  bool asks_for_pdf_ = false;
  bool has_asked_for_pdf_ = false;  // Which no reader does twice.
  bool is_last_ = false;
};

/// `unpack` believes nothing that a reader says: of what is no answer it makes nothing.
template <typename Value>
Result<Value> exchange(const Request& request, Descriptor file, const Patience& patience,
                       std::optional<Value> (*unpack)(std::string_view),
                       const OctetSink& sink = {}) {
  std::optional<Value> value;
  const auto take = [&](std::string_view octets) {
    value = unpack(octets);
    return value.has_value();
  };
  if (has_readers()) {
    RESTANTE_CHECKED(Exchange(request, file, patience, sink, take).run());
  } else {
    RESTANTE_TRY(const std::string octets, answer(request, std::move(file), sink));
    if (!take(octets)) return Error(Errc::kLimit, std::string(reason(Outcome::kNonsense)));
  }
  return std::move(*value);
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

template <typename Value>
struct Answer {
  Value value;
  std::string left_out;  // Not empty: its documents are, and why.
};

/// Documents are read by libraries of others, and many are large. A reader that fails at one costs
/// their text alone: the message is asked for once more without them. Half of the time is theirs,
/// so that a document that is long, and nothing worse, is read as far as that goes.
template <typename Value>
Result<Answer<Value>> exchange_for(const Path& path, Descriptor file, Request request,
                                   const Patience& patience, Documents documents,
                                   std::optional<Value> (*unpack)(std::string_view)) {
  if (documents != Documents::kNone) request.document_time = patience.processor / 2;
  // Mail readers rename meanwhile.
  Descriptor again(documents == Documents::kNone ? -1 : ::fcntl(file.number(), F_DUPFD_CLOEXEC, 0));
  auto value = exchange(request, std::move(file), patience, unpack);
  if (value) return Answer<Value>{std::move(*value), {}};
  const Error why = about(path, value.error());
  const bool may_be_one = why.code == Errc::kLimit ||
                          (why.code == Errc::kTimeout && documents == Documents::kUnlessSlow);
  if (documents == Documents::kNone || !may_be_one) return why;
  if (!again.is_open()) return why;
  request.document_time = {};
  value = exchange(request, std::move(again), patience, unpack);
  if (!value) return about(path, value.error());
  return Answer<Value>{std::move(*value), why.detail};
}

std::optional<std::string> unpack_text(std::string_view octets) { return text::mend_utf8(octets); }

}  // namespace

Reader::Reader(const Patience& patience)
    : patience_{kSlower * patience.processor, kBusier * patience.wall} {}

Result<Reading> Reader::read(const Path& file, const Wanted& wanted) {
  RESTANTE_TRY(Descriptor opened, open_message(file));
  Request request;
  request.wanted = wanted;
  RESTANTE_TRY(
      Answer<Reading> answer,
      exchange_for(file, std::move(opened), request, patience_,
                   wanted.attached_bytes_max > 0 ? Documents::kUnlessSlow : Documents::kNone,
                   unpack_reading));
  if (wanted.sizes) answer.value.sizes.resize(answer.value.parts.size());
  return std::move(answer.value);
}

Result<IndexEntry> Reader::entry(const Path& file, Try which) {
  auto opened = open_message(file);
  if (!opened) {
    // Of this program, not of the message.
    if (errno == EMFILE || errno == ENFILE) return Error(Errc::kClosed, opened.error().detail);
    IndexEntry entry;
    entry.is_missing = opened.error().code == Errc::kNotFound;
    return entry;
  }
  Request request;
  request.ask = Ask::kEntry;
  RESTANTE_TRY(
      Answer<IndexEntry> answer,
      exchange_for(file, std::move(*opened), request, patience_,
                   which == Try::kLast ? Documents::kUnlessSlow : Documents::kToo, unpack_entry));
  answer.value.left_out = std::move(answer.left_out);
  return std::move(answer.value);
}

Status Reader::send_part(const Path& file, unsigned number, const OctetSink& sink) {
  RESTANTE_TRY(Descriptor opened, open_message(file));
  Request request;
  request.ask = Ask::kPart;
  request.wanted.file_bytes_max = ~0ULL >> 1U;
  request.part = number;
  const auto sent = exchange(request, std::move(opened), patience_, unpack_text, sink);
  if (sent) return ok();
  // The sink's own errors are about another file.
  const Errc code = sent.error().code;
  return code == Errc::kLimit || code == Errc::kTimeout ? about(file, sent.error()) : sent.error();
}

std::string Reader::field(std::string_view raw) {
  Request request;
  request.ask = Ask::kField;
  request.raw = raw.substr(0, kRawBytesMax);
  auto value = exchange(request, Descriptor(), patience_, unpack_text);
  return value ? std::move(*value) : text::mend_utf8(request.raw);
}

std::optional<std::int64_t> Reader::date(std::string_view raw) {
  Request request;
  request.ask = Ask::kDate;
  request.raw = raw.substr(0, kRawBytesMax);
  const auto date = exchange(request, Descriptor(), patience_, unpack_date);
  return date ? *date : std::nullopt;
}

}  // namespace restante::archive
