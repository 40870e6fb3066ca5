// A message on its way in: from a file descriptor into a spool, in wire form, with the facts that
// the store needs. LF and CRLF line ends are taken; an mbox "From " line in front is dropped.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "server/delivery/spool.h"

namespace restante::ctl {

struct Intake {
  explicit Intake(const std::filesystem::path& directory) : spool(directory) {}

  server::Spool spool;  ///< In memory while small, else in an unnamed file of the directory.
  std::uint64_t octets = 0;
  bool utf8_header = false;
};

/// Reads to the end. Errors: kSyntax (nothing came), kLimit (over `octets_max`), kIo, kFull.
Status take_in(int file, std::uint64_t octets_max, Intake& intake);

}  // namespace restante::ctl
