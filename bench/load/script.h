// What a client does in one session, as data: steps, each a text to send and the replies that must
// come before the next step. Pipelining is a step with several commands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "load/reply_checker.h"

namespace restante::load {

struct Step {
  std::string text;  ///< "{user}", "{user+1}", "{password}" stand for the session's.
  std::vector<Expect> replies;
  bool is_work = true;  ///< Counts in step_us; greetings, logins and envelopes do not.
  /// Pipelined, once for each message that STAT has told of; "{number}" is its number.
  bool for_each_message = false;
};

struct Script {
  std::vector<Step> steps;
  bool holds = false;    ///< After the last step the connection stays open.
  bool logs_in = false;  ///< As one account, which has no second session meanwhile.
};

struct ScriptOptions {
  std::string workload;
  std::uint32_t messages = 20;  ///< How many the maildrop has.
  std::uint64_t message_bytes = 10240;
  std::uint32_t recipients = 1;   ///< Of a delivery.
  std::uint32_t window = 20;      ///< Commands in flight, where a workload pipelines.
  std::uint32_t deliveries = 10;  ///< Mails in one LMTP session.
};

/// "poll", "poll-list", "poll-uidl", …, for --help.
std::vector<std::string> workload_names();
/// Errors: kNotFound.
Result<Script> make_script(const ScriptOptions& options);
/// A mail with its checksum, in wire form without the final dot. `bytes`: about so long.
std::string make_message(std::uint64_t bytes);
/// Who logs in.
struct Account {
  std::string user;
  std::string password;
};
/// The step for messages 1 to `messages`, one after the other in one text; "{number}" becomes
/// theirs.
Step expand(const Step& step, std::uint32_t messages);
/// The text for the account at `index`; "{user+N}" is the one N places behind it, around the end.
std::string fill_in(std::string_view text, const std::vector<Account>& accounts, std::size_t index);

}  // namespace restante::load
