#include "archive/exchange/import/import_mbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "archive/exchange/from_line.h"
#include "archive/mailbox/line_form.h"
#include "archive/mailbox/sha256.h"
#include "base/ascii.h"

namespace restante::archive {
namespace {

// The lines that are looked for stand at the top.
constexpr std::size_t kHeaderBytesMax = 64U << 10;

/// Whether the end of the file, or a "From " line, stands at an offset; a line end or two may be
/// before it.
class Boundaries {
 public:
  static Result<Boundaries> open(const Path& file) {
    // Opened once: the end of each message is asked for.
    RESTANTE_TRY(Descriptor opened, open_file(file, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    Boundaries boundaries;
    boundaries.file_ = std::move(opened);
    struct stat status {};
    if (::fstat(boundaries.file_.number(), &status) != 0) return system_error("fstat", file);
    boundaries.bytes_ = static_cast<std::uint64_t>(status.st_size);
    return boundaries;
  }

  [[nodiscard]] bool are_at(std::uint64_t offset) const {
    if (offset > bytes_) return false;
    std::array<char, 1024> buffer{};
    const ssize_t count =
        ::pread(file_.number(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (count < 0) return false;
    std::string_view next(buffer.data(), static_cast<std::size_t>(count));
    // Between two messages are one line end or two, by the dialect.
    for (int i = 0; i < 2; ++i) {
      if (next.starts_with("\r\n")) next.remove_prefix(1);
      if (next.starts_with('\n')) next.remove_prefix(1);
    }
    if (next.empty()) return true;
    next = next.substr(0, next.find('\n'));
    if (next.ends_with('\r')) next.remove_suffix(1);
    return parse_from_line(next).has_value();
  }

 private:
  Descriptor file_;
  std::uint64_t bytes_ = 0;
};

/// Where the lines end that an export may have put above a message: after none, one, ….
std::vector<std::size_t> own_lines(std::string_view header) {
  constexpr std::array<std::string_view, 4> kOwn = {
      "Status: ", "X-Status: ", "X-Mozilla-Status: ", "X-Mozilla-Status2: "};
  std::vector<std::size_t> ends = {0};
  while (ends.size() <= kOwn.size()) {
    const std::string_view line = header.substr(ends.back());
    const bool is_own = std::any_of(kOwn.begin(), kOwn.end(),
                                    [&](std::string_view own) { return line.starts_with(own); });
    const std::size_t end = line.find('\n');
    if (!is_own || end == std::string_view::npos) break;
    ends.push_back(ends.back() + end + 1);
  }
  return ends;
}

}  // namespace

Status MboxImport::run(const SourceFile& file) {
  RESTANTE_TRY(const Boundaries boundaries, Boundaries::open(file.path));
  MboxReader reader(*this, [&](std::uint64_t offset) { return boundaries.are_at(offset); });
  RESTANTE_CHECKED(send_file(file.path, [&](std::string_view octets) -> Status {
    // The file is read to its end by a callback, which cannot stop the reading.
    if (intake_.is_stopped()) return ok();
    return reader.write(octets);
  }));
  return intake_.is_stopped() ? ok() : reader.finish();
}

Status MboxImport::begin(std::string_view from_line) {
  aside_.emplace(intake_.tmp());
  header_.clear();
  checksum_ = checksum_of_from_line(from_line);
  const auto parsed = parse_from_line(from_line);
  arrived_ = parsed ? parsed->seconds : std::nullopt;
  has_crlf_ = false;
  last_ = '\0';
  return ok();
}

Status MboxImport::write(std::string_view octets) {
  if (octets.empty()) return ok();
  // A line's end may be cut in two by the pieces.
  has_crlf_ |=
      (last_ == '\r' && octets.front() == '\n') || octets.find("\r\n") != std::string_view::npos;
  last_ = octets.back();
  header_.append(octets.substr(0, kHeaderBytesMax - std::min(header_.size(), kHeaderBytesMax)));
  return aside_->write(octets);
}

Status MboxImport::end() {
  RESTANTE_CHECKED(aside_->flush());
  if (intake_.is_stopped()) return ok();
  RESTANTE_TRY(const std::optional<Reading> found, find_reading());
  // Another program's file: in the form in which it came.
  const Reading reading = found.value_or(Reading{0, has_crlf_, true});
  // In our own exports the flags stand before the message: its own header fields do not count.
  const std::string_view said =
      found ? std::string_view(header_).substr(0, reading.start) : std::string_view(header_);
  const HeaderState state = state_of_header(header_in(said));
  if (state.deleted) {
    intake_.pass_over();
    return ok();
  }
  RESTANTE_TRY(auto incoming, intake_.begin());
  OutlineReader outline;
  RESTANTE_CHECKED(pass_on(reading, [&](std::string_view octets) {
    outline.feed(octets);
    return incoming->write(octets);
  }));
  RESTANTE_CHECKED(incoming->finish());
  return intake_.take(std::move(incoming), aside_->size(),
                      Told{state.flags, arrived_, found.has_value()}, outline.finish());
}

Result<std::optional<MboxImport::Reading>> MboxImport::find_reading() const {
  if (checksum_.empty()) return std::optional<Reading>();
  std::vector<std::size_t> starts = own_lines(header_);
  // With all lines of ours taken off first, which is how the export has written it.
  std::reverse(starts.begin(), starts.end());
  for (const std::size_t start : starts) {
    // mbox ends each message with a line's end, which may be ours or the message's.
    for (const bool last_line_end : {true, false}) {
      for (const bool as_is : {false, true}) {
        const Reading reading{start, as_is, last_line_end};
        Sha256 sum;
        RESTANTE_CHECKED(pass_on(reading, [&](std::string_view octets) {
          sum.update(octets);
          return ok();
        }));
        // Tried until the checksum fits: an export adds flags and a line's end, and another program
        // may have turned line ends since.
        if (sum.finish() == checksum_) return std::optional(reading);
      }
    }
  }
  return std::optional<Reading>();
}

Status MboxImport::pass_on(const Reading& reading, const OctetSink& sink) const {
  const std::uint64_t cut = reading.last_line_end || aside_->size() == 0 ? 0 : 1;
  std::string received;
  return aside_->read(reading.start, aside_->size() - cut, [&](std::string_view piece) {
    if (reading.as_is) return sink(piece);
    received.clear();
    append_received_form(piece, received);
    return sink(received);
  });
}

}  // namespace restante::archive
