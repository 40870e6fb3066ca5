// One simulated run: some maildrops, the processes that serve them, clients that come and go, and a
// machine on which everything may fail. Compares what the store says with the model at each step.
//
// All of it is one thread: clients take turns, and the sessions of one stay open while the others
// act.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/store.h"
#include "sim/coverage.h"
#include "sim/machine.h"
#include "sim/mix.h"
#include "sim/model.h"

namespace restante::sim {

/// A forbidden act of the store. Thrown by the checks, caught by Simulation::run().
struct Violation {
  std::string what;
};

struct RunResult {
  std::optional<std::string> violation;
  std::uint64_t step = 0;       ///< At which it ended.
  std::uint64_t trace_sum = 0;  ///< The same for every run of one seed.
};

struct RunOptions {
  std::uint64_t seed = 0;
  std::set<std::string> without;
  std::function<void(const std::string&)> trace;  ///< Called for each step; may be empty.
};

class Simulation {
 public:
  Simulation(const RunOptions& options, Coverage& coverage);
  ~Simulation();
  RunResult run();

 private:
  struct Account {
    std::string name;
    Model model;
    maildrop::log::LogPaths paths;
    bool damaged = false;           ///< Once a run is enough; and then less is promised.
    bool repaired = false;          ///< After the damage: nothing damaged is listed any more.
    bool retrieval_unsure = false;  ///< Whether a QUIT recorded its retrievals was not heard.
    /// Damaged records that nothing but a reclaiming may take away: in the log, or kept aside.
    std::vector<std::string> to_be_kept;
    bool group_cut_short = false;  ///< A body without its header may lie before whole records.
    bool header_lost = false;  ///< Both copies: it is refused as a whole, and not used any more.
    std::vector<std::string> old_indexes;
  };
  /// An open session.
  struct Client {
    std::size_t account;
    std::unique_ptr<maildrop::Session> session;
    std::vector<MessageId> ids;  ///< By message number, from 0.
    bool after_repair;           ///< It began after one: it sees nothing damaged.
    std::uint64_t faults;        ///< Injected before it began.
    View view;
    bool of_copy = false;               ///< It commits message by message.
    std::set<std::uint32_t> handed_on;  ///< Numbers that a copy's target has.
  };
  /// A process with a store.
  struct Office {
    std::shared_ptr<Process> process;
    std::unique_ptr<disk::Disk> disk;
    std::unique_ptr<maildrop::Store> store;
    std::vector<Client> clients;
    /// By account: what may have been lost in a failed sync of this process, which therefore must
    /// not show it. Only kept when no other process can have written it again.
    std::map<const Account*, std::set<MessageId>> untrusted;
  };
  /// What the answer of a changing operation means.
  enum class Verdict : std::uint8_t {
    kDone,
    kRefused,
    kRefusedInDoubt,  ///< The disk failed: a power loss may bring it about.
    kUnknown,         ///< It was not heard, or its traces could not be removed.
    kUnsteady,        ///< Both: others may see it, and a power loss may take it away again.
  };
  struct Attempt {
    std::uint64_t faults;
    std::uint64_t failed_syncs;
    std::uint64_t failed_cuts;
    std::map<std::string, std::uint64_t> synced;
  };

  // simulation.cc: the loop, offices, and what an answer means.
  void step();
  void plan_stop(std::uint64_t changes);
  void act(Step step);
  void open_offices();
  Office make_office();
  static void shut(Office& office);
  Attempt attempt(const Office& office, std::string_view activity);
  Verdict judge(Office& office, Account& account, const Attempt& attempt, const Error* error,
                const std::vector<Errc>& expected);
  void apply(Account& account, Verdict verdict, const Change& change);
  /// After each operation: carries out what stop_at() decided. True when anything stopped.
  bool settle_stop();
  [[nodiscard]] bool is_excused(const Office& office, const Account& account,
                                const Attempt& attempt) const;
  [[nodiscard]] static bool is_poisoned(const Office& office, const Account& account);
  void say(const std::string& line);
  /// One that can be used; the last resort is the first.
  Account& any_account();
  Office& any_office() { return offices_[rng_.below(offices_.size())]; }

  // deliveries.cc: what senders do.
  struct Posting;
  using Postings = std::vector<std::unique_ptr<Posting>>;
  void deliver();
  /// `count` messages; more than one at the same time.
  void deliver_to(Office& office, Account& account, std::size_t count);
  std::unique_ptr<Posting> draw_posting(Account& account);
  std::optional<std::string> draw_uid(Account& account);
  void judge_deliveries(Office& office, Account& account, const Attempt& before,
                        const Postings& postings,
                        const std::vector<Result<maildrop::Receipt>>& outcomes);
  /// `earlier`: what the receipt counts of those that were delivered at the same time.
  void check_usage_before(Account& account, const maildrop::NewMessage& message,
                          const maildrop::Usage& before, const maildrop::Usage& earlier);
  static void check_delivered(Account& account, const Posting& posting,
                              const maildrop::Receipt& receipt);
  static void check_receipt(Account& account, MessageId id, const maildrop::Receipt& receipt);

  // clients.cc: what clients do.
  void open();
  Client* open_session(Office& office, Account& account, View view);
  Result<std::unique_ptr<maildrop::Session>> begin_session(Office& office, const Account& account,
                                                           View view);
  void read();
  void read_message(Office& office, Client& client, MessageNumber number);
  void quit();
  void hand_on(Office& office, Account& account, Client& client);
  bool commit_copy(Office& office, Account& account, Client& client);
  std::vector<Errc> refusals(const Account& account, const Client& client) const;
  void settle_quit(Account& account, const Client& client, Verdict verdict, const Change& change,
                   const maildrop::SessionEnd& end);
  void drop();
  void list();
  void distrust(Office& office, const Account& account, const Change& change);
  std::vector<MessageId> look(const Office& office, Account& account,
                              const maildrop::Session& session, View view);
  /// Some view, or this one.
  [[nodiscard]] bool is_open_anywhere(const Account& account, std::optional<View> view = {}) const;

  // views.cc: what is done about views.
  void act_on_views();
  View choose_view(const Office& office, const Account& account);
  maildrop::NewView draw_view();
  void make_view(Office& office, Account& account);
  void end_view(Office& office, Account& account);
  void set_role(Office& office, Account& account);
  void look_at_views(Office& office, Account& account);
  void settle_view_step(Office& office, Account& account, const Attempt& before,
                        const Change& change, const Result<View>& made);
  [[nodiscard]] bool is_listed(const Account& account, const World& world,
                               const std::vector<maildrop::ViewInfo>& views) const;
  void check_trash(const Account& account, Model& model, const std::set<MessageId>& shown) const;
  void note_released(Account& account, bool is_known, const std::vector<std::string>& names);

  // upkeep.cc: what the program does to maildrops by itself, or at the operator's word.
  void usage();
  void undelete();
  static std::optional<MessageId> message_of(Model& model, const std::string& uid, View view);
  void upkeep();
  void repair();
  void date_lost_deletions(Account& account) const;
  std::vector<MessageId> expired(const Account& account, const maildrop::Retention& retention);
  void note_deletion(Account& account, const std::vector<MessageId>& ids, View view,
                     bool everywhere);
  void act_meanwhile(const Account& account);

  // disasters.cc: what befalls them.
  void lose_power();
  void kill(Office& office);
  void restart();
  void recover();
  void check_twice();
  std::vector<std::string> survey(bool read_all);
  void survey_views(Office& office, Account& account, bool read_all);
  void tamper_with_index();
  void damage();
  bool damage_log(Account& account);
  void check_refused(Account& account);
  void check_kept(const Account& account) const;
  void finish();

  const RunOptions& options_;
  Coverage& coverage_;
  Rng rng_;
  Rng group_rng_;  // For what came later: the seeds that have names keep their meaning.
  Rng view_rng_;   // The same, for runs that have views.
  Mix mix_;
  Machine machine_;
  ManualClock clock_;
  Rng store_rng_;
  std::vector<Account> accounts_;
  std::vector<Office> offices_;
  std::uint64_t step_ = 0;
  std::uint64_t serial_ = 0;
  std::uint64_t trace_sum_ = 0;
  bool recovering_ = false;
  bool full_ = false;
  bool acted_meanwhile_ = false;
  bool undeleted_meanwhile_ = false;
};

}  // namespace restante::sim
