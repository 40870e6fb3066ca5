// One account is collected: everything that is new on its server comes into the archive, exactly
// once, and then the server's copies go as the account's policy says. The order, which all promises
// rest on: the account's lock; a message's octets to the disk, with its checksum; sync, name,
// sync of the folder; one transaction with the message's row and its unique id's state; only then
// DELE, marked as sent before; QUIT; and only after its +OK is the message marked as gone. Wherever
// that breaks off, the next run goes on: what is here already is known by id or by content.
#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "base/clock.h"
#include "base/result.h"
#include "dial/stop_signal.h"
#include "fetch/plan/report.h"
#include "fetch/run/observer.h"
#include "fetch/secrets/secret_source.h"
#include "fetch/session/session.h"
#include "profile/profile.h"

namespace restante::fetch {

/// As credential_of(); asked before each session, since a token may have run out, and for targets
/// of hand_on that want a login, which look like accounts.
using CredentialSource = std::function<Result<Credential>(const profile::Account&)>;

/// Tells the server that we are still here (NOOP). Errors: those of Session; the session is over.
using KeepAlive = std::function<Status()>;

/// Asked once a session, before anything is deleted on the server; false: nothing is. It may take
/// its time as long as it calls the second one now and then. An Error of that, or of its own, ends
/// the session without deletions. A caller that asks a person may confirm deletions that are
/// otherwise held back: the deletions after the server has renumbered its messages, and of mail
/// that was removed from the archive in bulk.
using ConfirmDeletions =
    std::function<Result<bool>(std::span<const Deletion>, const KeepAlive& keep_alive)>;

struct CollectOptions {
  CollectOptions(const profile::Account& a, std::filesystem::path where, const net::StopSignal& s)
      : account(a), archive(std::move(where)), stop(s) {}

  const profile::Account& account;  ///< Outlives the run.
  std::filesystem::path archive;
  const net::StopSignal& stop;  ///< Outlives the run; raised: it ends soon, and consistently.
  CredentialSource credential;
  std::string clamd;  ///< profile::Profile::clamd; empty: no virus scan.
  Trace trace;
  Observer* observer = nullptr;  ///< Outlives the run.
  ConfirmDeletions confirm;      ///< Empty: no question is asked.
  bool dry_run = false;          ///< Looks, says what it would do, changes nothing on the server.
  bool retry_now = false;        ///< What failed before is not left to its time.
  bool may_delete = true;        ///< False: this run deletes nothing on the server.
  bool list_messages = false;    ///< Report::messages is wanted.
  const Clock* clock = &system_clock();

  [[nodiscard]] bool lists_messages() const { return list_messages || !account.on_message.empty(); }
};

/// Blocks until the account is done, a failure ends the run, or `stop` is raised. Counts in the
/// report are in force. `Report::error`: kBusy (another run has the account, or the server asks to
/// come later), kAuth, kNotFound, kTimeout, kClosed, kIo, kSyntax, kLimit, kFull, kCorrupt, kState
/// (stop was raised).
Report collect(const CollectOptions& options);

}  // namespace restante::fetch
