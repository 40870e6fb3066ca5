#include "maildrop/log/log_session.h"

#include "maildrop/log/message_reader.h"

namespace restante::maildrop::log {

Result<std::unique_ptr<MessageReader>> LogSession::read(MessageNumber number) {
  return std::unique_ptr<MessageReader>(
      std::make_unique<LogMessageReader>(*maildrop_, entry(number)));
}

Status LogSession::commit(const std::vector<MessageNumber>& deleted) {
  std::vector<Sequence> sequences;
  sequences.reserve(deleted.size());
  for (const MessageNumber number : deleted) sequences.push_back(info(number).sequence);
  return maildrop_->commit(view_, std::move(sequences));
}

}  // namespace restante::maildrop::log
