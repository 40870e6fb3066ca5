// A message on its way out of the archive: its file, checked against its checksum before anybody
// gets it, and read piece by piece in the form that the receiver wants.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/mailbox/files.h"
#include "archive/mailbox/stored_message.h"
#include "base/result.h"

namespace restante::fetch {

class HandOnMessage {
 public:
  /// Reads the file once. Errors: kNotFound, kIo, kAuth, kCorrupt (the checksum does not match).
  static Result<HandOnMessage> open(const archive::Path& file, std::string_view sha256);

  [[nodiscard]] const archive::Path& file() const { return file_; }
  [[nodiscard]] const std::string& sha256() const { return sha256_; }
  /// As received, that is with CRLF.
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  /// All octets as received. Errors: the sink's, kIo.
  Status send(const archive::OctetSink& sink) const {
    return archive::send_received(file_, form_, sink);
  }
  /// As on the disk: lines end in LF, unless the message had bare LFs.
  Status send_as_on_disk(const archive::OctetSink& sink) const {
    return archive::send_file(file_, sink);
  }
  [[nodiscard]] archive::LineForm form() const { return form_; }

 private:
  HandOnMessage(archive::Path file, std::string sha256)
      : file_(std::move(file)), sha256_(std::move(sha256)) {}
  archive::Path file_;
  std::string sha256_;
  archive::LineForm form_ = archive::LineForm::kLf;
  std::uint64_t octets_ = 0;
};

/// The octets as received, on demand: for libraries that ask.
class MessageReader {
 public:
  static Result<MessageReader> open(const HandOnMessage& message);

  /// Fills the buffer as far as there are octets; 0: the end. Errors: kIo.
  Result<std::size_t> read(char* buffer, std::size_t size);

 private:
  MessageReader(archive::Descriptor file, archive::Path path, archive::LineForm form)
      : file_(std::move(file)), path_(std::move(path)), form_(form), piece_(kPieceBytes, '\0') {}
  static constexpr std::size_t kPieceBytes = 16U << 10;

  archive::Descriptor file_;
  archive::Path path_;
  archive::LineForm form_;
  std::string piece_;
  std::string ready_;
  std::size_t taken_ = 0;
};

}  // namespace restante::fetch
