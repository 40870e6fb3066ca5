#include "fetch/hand_on/hand_on_message.h"

#include <fcntl.h>

#include <algorithm>

#include "archive/mailbox/line_form.h"

namespace restante::fetch {

Result<HandOnMessage> HandOnMessage::open(const archive::Path& file, std::string_view sha256) {
  HandOnMessage message(file, std::string(sha256));
  RESTANTE_TRY(const archive::FileSums sums, archive::sums_of(file));
  const std::optional<archive::LineForm> form = sums.form_for(sha256);
  // Checked by the whole file before the first octet goes out: no target can take back what it has
  // taken.
  if (!form) return Error(Errc::kCorrupt, file.string() + ": damaged, so it is not handed on");
  message.form_ = *form;
  message.octets_ = sums.octets_in(*form);
  return message;
}

Result<MessageReader> MessageReader::open(const HandOnMessage& message) {
  RESTANTE_TRY(archive::Descriptor file, archive::open_file(message.file(), O_RDONLY));
  return MessageReader(std::move(file), message.file(), message.form());
}

Result<std::size_t> MessageReader::read(char* buffer, std::size_t size) {
  if (taken_ == ready_.size()) {
    RESTANTE_TRY(const std::string_view piece, archive::read_some(file_, piece_, path_));
    ready_.clear();
    taken_ = 0;
    if (form_ == archive::LineForm::kLf) {
      archive::append_received_form(piece, ready_);
    } else {
      ready_ = piece;
    }
  }
  const std::size_t count = std::min(size, ready_.size() - taken_);
  std::copy_n(ready_.data() + taken_, count, buffer);
  taken_ += count;
  return count;
}

}  // namespace restante::fetch
