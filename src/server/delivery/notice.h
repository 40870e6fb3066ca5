// Messages that the server itself writes to owners and to the operator.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "maildrop/store.h"

namespace restante::server {

struct NoticeTitle {
  std::string_view subject;
  std::string_view kind;  ///< Begins its Message-ID: "quota".
  WallTime time{};
};

/// All fields and the empty line behind them. Deterministic: the store gives the message its unique
/// id. `account` is the name that its owner knows.
std::string notice_header(const std::string& account, const NoticeTitle& title);

/// Puts the message into the maildrop, past its quota and past the reserve of the disk. Durable
/// when it returns. Errors: as Store::deliver.
Status put_notice(maildrop::Store& store, const std::string& account, std::string text,
                  WallTime now);

}  // namespace restante::server
