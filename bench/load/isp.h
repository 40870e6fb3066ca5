// An ISP's customers as sessions: how large their mails are, and to how many they go. The figures
// are those of a public, retired benchmark definition for consumer mail servers of 2001.
#pragma once

#include <vector>

#include "load/script.h"

namespace restante::load {

/// Deliveries by LMTP, one mail each, of sizes and to numbers of recipients in those shares; a
/// session takes one of them in turn. The first address is the session's account's.
std::vector<Script> make_isp_deliveries();
/// A check of a maildrop: STAT, then RETR and DELE of all that is there.
Script make_isp_check();

}  // namespace restante::load
