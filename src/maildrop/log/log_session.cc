#include "maildrop/log/log_session.h"

#include "maildrop/log/drop/message_reader.h"

namespace restante::maildrop::log {

Result<std::unique_ptr<MessageReader>> LogSession::read(MessageNumber number) {
  return std::unique_ptr<MessageReader>(
      std::make_unique<LogMessageReader>(*maildrop_, *snapshot_.log, entry(number)));
}

}  // namespace restante::maildrop::log
