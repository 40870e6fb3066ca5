#include "archive/mbox_import.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "archive/line_form.h"
#include "archive/sha256.h"

namespace restante::archive {
namespace {

constexpr std::size_t kBufferBytes = 256U << 10;

Result<Descriptor> nameless_file(const Path& folder) {
  std::string name = (folder / "mbox.XXXXXX.restante-incoming").string();
  constexpr int kSuffixBytes = 18;
  const int number = ::mkostemps(name.data(), kSuffixBytes, O_CLOEXEC);
  if (number < 0) return system_error("mkstemp", folder);
  Descriptor file(number);
  RESTANTE_CHECKED(remove_file(name));
  return file;
}

/// How the octets that an mbox file holds may have been received.
struct Reading {
  bool as_is;          // Else every LF was CRLF.
  bool last_line_end;  // Else the file's last LF was added by who wrote it.
};
constexpr std::array<Reading, 4> kReadings = {
    {{false, true}, {true, true}, {false, false}, {true, false}}};

}  // namespace

Status MboxImport::run(const Path& file) {
  file_ = file;
  MboxReader reader(*this);
  RESTANTE_CHECKED(send_file(file, [&](std::string_view octets) -> Status {
    if (importer_.is_stopped()) return ok();
    return reader.write(octets);
  }));
  return importer_.is_stopped() ? ok() : reader.finish();
}

Status MboxImport::begin(std::string_view from_line) {
  RESTANTE_TRY(Descriptor aside, nameless_file(importer_.mailbox_.folder() / "tmp"));
  aside_ = std::move(aside);
  checksum_ = checksum_of_from_line(from_line);
  has_crlf_ = false;
  last_ = '\0';
  octets_ = 0;
  return ok();
}

Status MboxImport::write(std::string_view octets) {
  if (octets.empty()) return ok();
  has_crlf_ |=
      (last_ == '\r' && octets.front() == '\n') || octets.find("\r\n") != std::string_view::npos;
  last_ = octets.back();
  octets_ += octets.size();
  pending_.append(octets);
  return pending_.size() < kBufferBytes ? ok() : flush();
}

Status MboxImport::flush() {
  RESTANTE_CHECKED(write_all(aside_, pending_, file_));
  pending_.clear();
  return ok();
}

Status MboxImport::end() {
  RESTANTE_CHECKED(flush());
  if (importer_.is_stopped()) return ok();
  RESTANTE_TRY(auto incoming, importer_.mailbox_.begin());
  Reading chosen{has_crlf_, true};
  if (!checksum_.empty()) {
    for (const Reading& reading : kReadings) {
      Sha256 sum;
      RESTANTE_CHECKED(pass_on(reading.as_is, reading.last_line_end, [&](std::string_view octets) {
        sum.update(octets);
        return ok();
      }));
      if (sum.finish() != checksum_) continue;
      chosen = reading;
      break;
    }
  }
  OutlineReader outline;
  RESTANTE_CHECKED(pass_on(chosen.as_is, chosen.last_line_end, [&](std::string_view octets) {
    outline.feed(octets);
    return incoming->write(octets);
  }));
  RESTANTE_CHECKED(incoming->finish());
  return importer_.take(std::move(incoming), octets_, "", outline.finish());
}

Status MboxImport::pass_on(bool as_is, bool last_line_end, const OctetSink& sink) const {
  if (::lseek(aside_.number(), 0, SEEK_SET) != 0) return system_error("lseek", file_);
  std::string buffer(kBufferBytes, '\0');
  std::string received;
  std::uint64_t left = octets_;
  const std::uint64_t cut = last_line_end || octets_ == 0 ? 0 : 1;
  while (left > cut) {
    RESTANTE_TRY(std::string_view piece, read_some(aside_, buffer, file_));
    if (piece.empty()) break;
    left -= piece.size();
    if (left < cut) piece.remove_suffix(1);
    received.clear();
    if (!as_is) append_received_form(piece, received);
    RESTANTE_CHECKED(sink(as_is ? piece : std::string_view(received)));
  }
  return ok();
}

}  // namespace restante::archive
