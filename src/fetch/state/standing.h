// How the accounts stand: what their last runs came to, in the archive's database (table runs), a
// row for each account's server and one for each place that its mail is handed on to. For
// `restante status`, and for telling the user when a fetch in the background keeps failing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "fetch/plan/known.h"
#include "fetch/plan/report.h"
#include "profile/profile.h"

namespace restante::fetch {

struct Standing {
  std::string target;  ///< Empty: the account's own server.
  std::optional<Seconds> attempted;
  std::optional<Seconds> succeeded;
  std::optional<Seconds> failed;
  std::optional<Seconds> failing_since;  ///< Nothing: the last run went well.
  std::optional<Seconds> told;           ///< When the user was told of this failing.
  std::optional<Seconds> next_look;      ///< As far as it is known.
  std::string reason;                    ///< Of the last failure; it stays when that is over.
  std::uint64_t waiting = 0;             ///< Messages yet to fetch, or to hand on.
  std::uint64_t given_up = 0;            ///< Of a target: what only its owner offers again.
};

/// Notes what a run came to, durably; not for one that was stopped, or only looked. `next_look`:
/// when the account's server is asked again, where that is known. Errors: kBusy, kFull, kIo.
Status note_run(archive::Database& database, const profile::Account& account, const Report& report,
                Seconds now, std::optional<Seconds> next_look);

/// The account's server first, then its targets in the order of the configuration; those that were
/// never tried are there with nothing in them. Errors: kBusy, kIo.
Result<std::vector<Standing>> standings_of(archive::Database& database,
                                           const profile::Account& account);

/// Notes that the user was told. Durable. Errors: kBusy, kFull, kIo.
Status note_told(archive::Database& database, const std::string& account, const std::string& target,
                 Seconds now);

/// It has failed for so long that the user must be told, now or again. Pure.
bool is_to_be_told(const Standing& standing, std::chrono::seconds tell_after, Seconds now);

/// Whether it goes as it should. An account's server has to have been asked well within three
/// intervals: the look at its time, and one that was late. Pure.
enum class Health : std::uint8_t { kWell, kNever, kLate, kFailing };
Health health_of(const Standing& standing, std::chrono::seconds interval, Seconds now);

}  // namespace restante::fetch
