#include "accounts/postgresql/directory.h"

#include "accounts/connection_pool.h"
#include "accounts/names/other_spellings.h"
#include "accounts/postgresql/account_row.h"
#include "accounts/postgresql/connection.h"
#include "accounts/postgresql/query_faults.h"

namespace restante::accounts::postgresql {
namespace {

constexpr std::size_t kAccountRowsMax = 16;  // One row is right; two must be told from it.
constexpr std::size_t kTargetsMax = 1000;

class PostgresqlDirectory : public Directory {
 public:
  explicit PostgresqlDirectory(Settings settings)
      : settings_(std::move(settings)),
        outage_("postgresql", settings_.tell),
        pool_(settings_.connections + kQuestionsOfMail, kPatience, outage_,
              [this] { return Connection::open(settings_); }) {}
  PostgresqlDirectory(const PostgresqlDirectory&) = delete;
  PostgresqlDirectory& operator=(const PostgresqlDirectory&) = delete;

  [[nodiscard]] bool is_slow() const override { return true; }
  [[nodiscard]] std::vector<std::size_t> questions_at_once() const override {
    return {settings_.connections};
  }
  [[nodiscard]] std::string place_of(const Account&) const override { return outage_.where(); }

  Result<Account> find(std::string_view name) override {
    RESTANTE_TRY(const Rows rows, run(Query::kAccount, parts_of(name), kAccountRowsMax));
    auto account = to_account(rows, name, settings_.names);
    if (!account && account.error().code == Errc::kState)
      return refused(Query::kAccount, account.error());
    faults_.answered(Query::kAccount);
    return account;
  }

  Result<Account> find_alike(std::string_view name) override {
    return ask_other_spellings(name, settings_.names.fold_local_part,
                               [this](const std::string& other) { return find(other); });
  }

  Result<std::vector<std::string>> find_alias(std::string_view address) override {
    if (settings_.alias_query.empty()) return Error(Errc::kNotFound, "no such alias");
    RESTANTE_TRY(const Rows rows, run(Query::kAlias, parts_of(address), kTargetsMax));
    std::vector<std::string> targets;
    for (const auto& row : rows.rows) {
      if (row.empty() || !row.front()) continue;
      auto target = canonical_name(*row.front(), settings_.names);
      if (target && *target != address) targets.push_back(std::move(*target));
    }
    if (targets.empty()) return Error(Errc::kNotFound, "no such alias");
    return targets;
  }

  Result<std::vector<std::string>> find_alias_alike(std::string_view address) override {
    return ask_other_spellings(address, settings_.names.fold_local_part,
                               [this](const std::string& other) { return find_alias(other); });
  }

  Result<bool> has_domain(std::string_view domain) override {
    if (settings_.domain_query.empty()) return false;
    return any_spelling_of(domain, [this](const std::string& form) { return has_row_of(form); });
  }

 private:
  static Parameters parts_of(std::string_view name) {
    return {std::string(name), std::string(local_part_of(name)), std::string(domain_of(name))};
  }

  Result<bool> has_row_of(const std::string& domain) {
    const auto rows = run(Query::kDomain, {domain, "", domain}, 1);
    if (rows) return !rows->rows.empty();
    if (rows.error().code == Errc::kNotFound) return false;
    return rows.error();
  }

  Result<Rows> run(Query query, const Parameters& parameters, std::size_t rows_max) {
    auto rows = pool_.ask(
        [&](Connection& connection) { return connection.run(query, parameters, rows_max); });
    if (!rows && rows.error().code == Errc::kState) return refused(query, rows.error());
    if (!rows && rows.error().code == Errc::kIo)
      return Error(Errc::kIo, outage_.where() + ": " + rows.error().detail);
    // The columns of an account are checked later.
    if (rows && query != Query::kAccount) faults_.answered(query);
    return rows;
  }

  /// The fault is not of this name alone, so the operator is told.
  Error refused(Query query, const Error& error) {
    faults_.refused(query, error, std::chrono::steady_clock::now());
    return Error(Errc::kIo, outage_.where() + ": " + error.detail);
  }

  const Settings settings_;
  Outage outage_;
  ConnectionPool<Connection> pool_;
  QueryFaults faults_{settings_.tell};
};

}  // namespace

Result<std::unique_ptr<Directory>> open_directory(Settings settings) {
  RESTANTE_CHECKED(check_connection_text(settings.connection));
  return std::unique_ptr<Directory>(std::make_unique<PostgresqlDirectory>(std::move(settings)));
}

}  // namespace restante::accounts::postgresql
