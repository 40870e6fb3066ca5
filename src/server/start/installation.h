// Which installation a data_dir belongs to. One that was in use has a mark, its installation's id,
// in two places: in it and in its maildrops folder, either of which may be a file system of its
// own. The witness, a folder beside data_dir, has the id, too: so that a start knows that there was
// a data_dir, though it is gone altogether. A folder that is there without its mark is the place
// where a file system is missing, or another's data; it is never taken for a new one.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "server/settings/config.h"

namespace restante::server {

/// The file with the id, in each of the three folders.
inline constexpr const char* kInstallationName = "installation";

struct InstallationPlaces {
  explicit InstallationPlaces(const settings::Config& config);
  InstallationPlaces(std::filesystem::path data, std::filesystem::path witness)
      : data_dir(std::move(data)), witness_dir(std::move(witness)) {}

  std::filesystem::path data_dir;
  std::filesystem::path witness_dir;
};

/// The id of the data_dir; empty: it is new, or an earlier version made it. Changes nothing.
/// Errors: kBusy: it is gone, or belongs to another installation; the detail has the remedy. kIo.
Result<std::string> find_installation(const InstallationPlaces& places);

/// Errors: kIo: data_dir or its maildrops folder is gone, or another's. Ok also where the process
/// has no descriptor left to look.
Status check_installation(const std::filesystem::path& data_dir, const std::string& id);

/// Whether the witness goes away together with data_dir: both are on one file system, which is not
/// the root's. False also where they cannot be looked at.
bool witness_shares_fate(const InstallationPlaces& places);

struct Begun {
  std::string id;
  bool is_new = false;     ///< No maildrop was there.
  bool is_marked = false;  ///< It had no mark before.
  Status witness = ok();   ///< Why it could not be written.
};

/// Marks the folders that have no mark yet, durably; `found` as find_installation() said, and the
/// data_dir and its maildrops folder are there. Under the data directory's lock. Errors: kIo,
/// kFull.
Result<Begun> begin_installation(const InstallationPlaces& places, const std::string& found);

/// Gives the data_dir a new id: its content is not that of before. Under the data directory's lock.
/// Errors: kIo, kFull; the witness alone may fail, as Begun says.
Result<Begun> renew_installation(const InstallationPlaces& places);

}  // namespace restante::server
