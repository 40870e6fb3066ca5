// The acts of a POP3 session, for the journal: each message that went out and each that was
// deleted, and before the first of them the login that they came by; a session without any is noted
// as a poll.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accounts/directory.h"
#include "journal/journal.h"
#include "maildrop/store.h"
#include "server/common/session_context.h"

namespace restante::server {

/// How a session was logged in.
struct LoginNote {
  LoginNote(const accounts::Account& a, std::string v, std::string m)
      : account(a), view(std::move(v)), method(std::move(m)) {}

  const accounts::Account& account;  ///< Not owned.
  std::string view;                  ///< Empty: the default view.
  std::string method;                ///< "USER", "AUTH PLAIN".
};

/// From the login on, where a journal is kept. Used by the session's thread.
class Pop3Acts {
 public:
  /// `context` outlives it.
  Pop3Acts(SessionContext& context, LoginNote login);

  void retrieved(const maildrop::Session& maildrop, MessageNumber number, std::uint64_t octets);
  /// Before these are deleted: their unique ids are gone afterwards.
  void will_delete(const maildrop::Session& maildrop, const std::vector<MessageNumber>& numbers);
  /// The deletion is durable, or has failed.
  void deleted(const Status& done);
  /// While the client is waited for: the acts so far must not be lost when the server is killed.
  void hand_over() {
    if (!retrieved_.empty()) journal_.note_each(retrieval_, retrieved_);
  }
  /// The session is over.
  void ended();

 private:
  void did_something();

  journal::Journal& journal_;
  journal::Act login_;
  std::shared_ptr<const journal::Act> retrieval_;  // The same for all; null: nothing was done yet.
  std::vector<journal::Message> retrieved_;        // Not handed over yet.
  std::vector<journal::Message> to_delete_;
};

}  // namespace restante::server
