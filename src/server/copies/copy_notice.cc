#include "server/copies/copy_notice.h"

#include <fmt/format.h>

#include "server/common/log.h"
#include "server/delivery/notice.h"

namespace restante::server {

Status tell_copy_owner(maildrop::Store& store, const std::string& account, const CopyLateness& late,
                       WallTime now) {
  std::string text =
      notice_header(late.called, {"Copies of your mail wait for their receiver", "copy", now});
  text += fmt::format(
      "Each mail for {} is also sent to\r\n  {}\r\nfor {}. That receiver takes none of it:\r\n"
      "{} of your messages wait, the oldest for days.\r\n\r\n",
      late.called, late.copy.target, late.copy.as.empty() ? late.called : late.copy.as,
      late.waiting);
  // The receiver's words may hold anything; a notice has one line of them, in plain signs.
  if (!late.reason.empty()) text += "Its last answer: " + for_log(late.reason) + "\r\n\r\n";
  text +=
      "Nothing is lost: they go out as soon as the receiver takes them. If it is\r\n"
      "not wanted any more, ask the operator of this server to remove the copy.\r\n";
  return put_notice(store, account, std::move(text), now);
}

}  // namespace restante::server
