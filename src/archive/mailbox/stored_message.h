// A message's file, read: its checksums, whether it is undamaged, and its octets exactly as they
// were received. Streaming: memory does not depend on the size.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "base/result.h"

namespace restante::archive {

/// How the file's octets become the received ones.
enum class LineForm : std::uint8_t {
  kAsReceived,  ///< They are.
  kLf,          ///< Every LF was CRLF.
};

/// What one reading of a file tells.
struct FileSums {
  std::string as_is;      ///< SHA-256 of the octets as they are.
  std::string with_crlf;  ///< SHA-256 with every LF made CRLF.
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;  ///< LFs.
  bool has_crlf = false;

  /// The form in which the file has this checksum; nothing: it is damaged.
  [[nodiscard]] std::optional<LineForm> form_for(std::string_view sha256) const;
  /// For files that are not ours, whose received form is not known: LF lines stand for CRLF unless
  /// there is a CRLF.
  [[nodiscard]] LineForm likely_form() const {
    return has_crlf ? LineForm::kAsReceived : LineForm::kLf;
  }
  [[nodiscard]] const std::string& sum_in(LineForm form) const {
    return form == LineForm::kAsReceived ? as_is : with_crlf;
  }
  [[nodiscard]] std::uint64_t octets_in(LineForm form) const {
    return form == LineForm::kAsReceived ? bytes : bytes + lines;
  }
};

/// `read` is told of the bytes of each piece (progress); may be empty. Errors: kNotFound, kIo,
/// kAuth.
Result<FileSums> sums_of(const Path& file, const std::function<void(std::uint64_t)>& read = {});

/// Takes octets in order; an Error ends the reading.
using OctetSink = std::function<Status(std::string_view octets)>;

/// Gives all octets to the sink: in the received form. Errors: as sums_of(), and the sink's.
Status send_received(const Path& file, LineForm form, const OctetSink& sink);
/// Gives the file's octets as they are.
Status send_file(const Path& file, const OctetSink& sink);

/// The received form of a message that must have this checksum; for a damaged file, or one whose
/// checksum is empty (unknown), the likely one, and `damaged` says so. Errors: as sums_of().
struct Judged {
  LineForm form = LineForm::kLf;
  bool damaged = false;
};
Result<Judged> judge_file(const Path& file, std::string_view sha256);

}  // namespace restante::archive
