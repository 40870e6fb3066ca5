#include "archive/mailbox/stored_message.h"

#include <fcntl.h>

#include <algorithm>

#include "archive/mailbox/line_form.h"
#include "archive/mailbox/sha256.h"

namespace restante::archive {
namespace {

constexpr std::size_t kPieceBytes = 256U << 10;

}  // namespace

std::optional<LineForm> FileSums::form_for(std::string_view sha256) const {
  if (sha256 == with_crlf) return LineForm::kLf;
  if (sha256 == as_is) return LineForm::kAsReceived;
  return std::nullopt;
}

Status send_file(const Path& file, const OctetSink& sink) {
  // A regular file is what the archive keeps; another program may put anything there.
  // A pipe in the file's place must not make us wait.
  RESTANTE_TRY(const Descriptor opened, open_file(file, O_RDONLY | O_NONBLOCK));
  std::string buffer(kPieceBytes, '\0');
  for (;;) {
    RESTANTE_TRY(const std::string_view piece, read_some(opened, buffer, file));
    if (piece.empty()) return ok();
    RESTANTE_CHECKED(sink(piece));
  }
}

Status send_received(const Path& file, LineForm form, const OctetSink& sink) {
  if (form == LineForm::kAsReceived) return send_file(file, sink);
  std::string received;
  return send_file(file, [&](std::string_view piece) {
    received.clear();
    append_received_form(piece, received);
    return sink(received);
  });
}

Result<FileSums> sums_of(const Path& file, const std::function<void(std::uint64_t)>& read) {
  FileSums sums;
  Sha256 as_is;
  Sha256 with_crlf;
  std::string received;
  char last = '\0';
  RESTANTE_CHECKED(send_file(file, [&](std::string_view piece) {
    sums.bytes += piece.size();
    sums.lines += static_cast<std::uint64_t>(std::count(piece.begin(), piece.end(), '\n'));
    sums.has_crlf |=
        (last == '\r' && piece.front() == '\n') || piece.find("\r\n") != std::string_view::npos;
    last = piece.back();
    // Both sums in one reading: which form a file has is known only when one of them fits.
    as_is.update(piece);
    received.clear();
    append_received_form(piece, received);
    with_crlf.update(received);
    if (read) read(piece.size());
    return ok();
  }));
  sums.as_is = as_is.finish();
  sums.with_crlf = with_crlf.finish();
  return sums;
}

Result<Judged> judge_file(const Path& file, std::string_view sha256) {
  RESTANTE_TRY(const FileSums sums, sums_of(file));
  if (const auto form = sums.form_for(sha256)) return Judged{*form, false};
  // Without a checksum to compare with nothing can be called damaged.
  return Judged{sums.likely_form(), !sha256.empty()};
}

}  // namespace restante::archive
