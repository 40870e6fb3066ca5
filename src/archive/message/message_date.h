// When a message was written, as far as its header can be believed. Pure.
#pragma once

#include <cstdint>

#include "archive/message/mime_message.h"

namespace restante::archive {

/// Unix seconds: of Date; where that is missing, unreadable or more than two days behind `arrived`,
/// of the newest Received that is credible; at last `arrived` itself, when the message reached its
/// server or, where that is unknown, this archive.
std::int64_t message_date(const Headers& headers, std::int64_t arrived);

}  // namespace restante::archive
