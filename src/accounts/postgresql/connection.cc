#include "accounts/postgresql/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "base/ascii.h"

namespace restante::accounts::postgresql {
namespace {

using Steady = std::chrono::steady_clock;

// Within this time a new connection would meet the same state of the database.
constexpr auto kNewFor = std::chrono::seconds(1);

// pg_type.dat
constexpr Oid kBytea = 17;
constexpr Oid kFilledUp = 1042;  // char(n)

std::size_t index_of(Query query) { return static_cast<std::size_t>(query); }

/// libpq ends its messages with LF, and has several lines in some.
std::string one_line(std::string_view text) {
  std::string out(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return std::string(trim(out));
}

/// SQLSTATE; empty where it is unknown.
std::string_view state_of(const pg_result* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? std::string_view() : std::string_view(state);
}

/// The database says that the name itself cannot be text in it, not that it is ill
/// (character_not_in_repertoire, untranslatable_character).
bool is_about_the_name(std::string_view state) { return state == "22021" || state == "22P05"; }

/// About the data that this name leads to, or the time it took (query_canceled): another name may
/// be answered. Cardinality, data, integrity, and errors that an operator's own function raises.
bool is_about_the_row(std::string_view state) {
  for (const std::string_view kind : {"21", "22", "23", "P0", "57014"})
    if (state.starts_with(kind)) return true;
  return false;
}

/// undefined_table, undefined_column, unique_violation, and data that does not fit.
Errc code_of_own(std::string_view state) {
  if (state == "42P01" || state == "42703") return Errc::kNotFound;
  if (state == "23505") return Errc::kExists;
  return state.starts_with("22") ? Errc::kSyntax : Errc::kState;
}

std::string octets_of(const char* text) {
  std::size_t length = 0;
  unsigned char* const raw = PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &length);
  if (raw == nullptr) return text;
  std::string out(reinterpret_cast<const char*>(raw), length);
  PQfreemem(raw);
  return out;
}

std::optional<std::string> field_of(const pg_result* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::nullopt;
  const Oid type = PQftype(result, column);
  const char* const value = PQgetvalue(result, row, column);
  if (type == kBytea) return octets_of(value);
  std::string out(value, static_cast<std::size_t>(PQgetlength(result, row, column)));
  if (type == kFilledUp) out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

Rows to_rows(const pg_result* result, std::size_t rows_max) {
  Rows out;
  const int columns = PQnfields(result);
  for (int column = 0; column < columns; ++column) {
    out.columns.emplace_back(PQfname(result, column));
    out.types.push_back(PQftype(result, column));
  }
  for (int row = 0; row < PQntuples(result) && out.rows.size() < rows_max; ++row) {
    auto& fields = out.rows.emplace_back();
    for (int column = 0; column < columns; ++column)
      fields.push_back(field_of(result, row, column));
  }
  return out;
}

/// Whole seconds, as libpq counts; it takes 1 for 2.
std::string in_seconds(std::chrono::milliseconds time) {
  return std::to_string(std::max<std::int64_t>(2, (time.count() + 999) / 1000));
}

}  // namespace

void Connection::Free::operator()(pg_result* result) const { PQclear(result); }

std::string key_of(Query query) {
  constexpr std::array<const char*, kQueries> kKeys = {
      "accounts.account_query", "accounts.alias_query", "accounts.domain_query"};
  return kKeys[index_of(query)];
}

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  std::unique_ptr<Connection> made(new Connection(settings));
  RESTANTE_CHECKED(made->connect());
  return made;
}

Connection::~Connection() { PQfinish(handle_); }

Status Connection::connect() {
  // The operator's own string overrides the settings before it, but not the encoding: names are
  // UTF-8.
  const std::string timeout = in_seconds(settings_.timeout);
  const std::array<const char*, 5> keys = {"connect_timeout", "application_name", "dbname",
                                           "client_encoding", nullptr};
  const std::array<const char*, 5> values = {timeout.c_str(), "restante",
                                             settings_.connection.c_str(), "UTF8", nullptr};
  const int expand_dbname = 1;
  handle_ = PQconnectdbParams(keys.data(), values.data(), expand_dbname);
  if (handle_ == nullptr) return Error(Errc::kIo, "no memory for a database connection");
  if (PQstatus(handle_) != CONNECTION_OK) return not_connected();
  if (PQsetnonblocking(handle_, 1) != 0) return failure("connect");
  // The client stops waiting then, so the server need not go on. Behind a pooler, which answers
  // with a number of its own, the session is lent: a setting would stay in it for its next user.
  const std::string limit =
      "SELECT CASE WHEN pg_backend_pid() = " + std::to_string(PQbackendPID(handle_)) +
      " THEN set_config('statement_timeout', '" + std::to_string(settings_.timeout.count()) +
      "', false) END";
  if (PQsendQuery(handle_, limit.c_str()) == 0) return failure("set");
  RESTANTE_TRY(const Answer set, await_answer());
  made_ = Steady::now();
  return ok();
}

Error Connection::not_connected() {
  const bool unanswered = PQconnectionNeedsPassword(handle_) != 0;
  Error out = failure("connect");
  if (unanswered)
    out.detail +=
        ": the server wants a password, and neither accounts.connection nor the passfile "
        "(~/.pgpass of the server's user, closed to others) has one for it";
  return out;
}

const std::string& Connection::text_of(Query query) const {
  switch (query) {
    case Query::kAccount: return settings_.account_query;
    case Query::kAlias: return settings_.alias_query;
    case Query::kDomain: return settings_.domain_query;
  }
  return settings_.account_query;
}

Result<Rows> Connection::run(Query query, const Parameters& parameters, std::size_t rows_max) {
  std::array<const char*, std::tuple_size_v<Parameters>> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = parameters[i].c_str();
  const std::string& text = text_of(query);
  const std::size_t count = std::min(count_parameters(text), values.size());
  const int as_text = 0;
  const Time asked = Steady::now();
  if (PQsendQueryParams(handle_, text.c_str(), static_cast<int>(count), nullptr, values.data(),
                        nullptr, nullptr, as_text) == 0)
    return failure("query");
  RESTANTE_TRY(const Answer answer, await_answer());
  const pg_result* const result = answer.get();
  if (PQresultStatus(result) != PGRES_TUPLES_OK) return refusal(query, result, asked);
  worked_[index_of(query)] = true;
  return to_rows(result, rows_max);
}

Result<Rows> Connection::run_own(const char* sql, const Values& values) {
  std::vector<const char*> texts;
  for (const auto& value : values) texts.push_back(value ? value->c_str() : nullptr);
  const int as_text = 0;
  if (PQsendQueryParams(handle_, sql, static_cast<int>(texts.size()), nullptr, texts.data(),
                        nullptr, nullptr, as_text) == 0)
    return failure("query");
  return own_rows();
}

Status Connection::run_script(const char* sql) {
  if (PQsendQuery(handle_, sql) == 0) return failure("query");
  RESTANTE_CHECKED(own_rows());
  return ok();
}

Result<Rows> Connection::own_rows() {
  RESTANTE_TRY(const Answer answer, await_answer());
  const pg_result* const result = answer.get();
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
    return to_rows(result, static_cast<std::size_t>(-1));
  return Error(code_of_own(state_of(result)), one_line(PQresultErrorMessage(result)));
}

Error Connection::refusal(Query query, const pg_result* result, Time asked) {
  const std::string_view state = state_of(result);
  if (is_about_the_name(state)) return Error(Errc::kNotFound, "not a name the database can hold");
  std::string why = key_of(query) + ": " + one_line(PQresultErrorMessage(result));
  if (is_about_the_row(state)) return Error(Errc::kIo, std::move(why));
  broken_ = worked_[index_of(query)] || asked - made_ >= kNewFor;
  return Error(Errc::kState, std::move(why));
}

Result<Connection::Answer> Connection::await_answer() {
  const Time deadline = Steady::now() + settings_.timeout;
  Answer answer;
  for (;;) {
    const int unsent = PQflush(handle_);
    if (unsent < 0) return failure("send");
    if (unsent == 0 && PQisBusy(handle_) == 0) {
      Answer next(PQgetResult(handle_));
      if (!next) break;  // After null the connection takes the next query.
      answer = std::move(next);
      continue;
    }
    const short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
    RESTANTE_CHECKED(wait_for(events, deadline));
    if (PQconsumeInput(handle_) == 0) return failure("receive");
  }
  if (PQstatus(handle_) != CONNECTION_OK) return failure("receive");
  if (!answer) return failure("no answer");
  return answer;
}

Status Connection::wait_for(short events, Time deadline) {
  pollfd waited{PQsocket(handle_), events, 0};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
    if (left.count() <= 0) break;
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready > 0) return ok();
    if (ready < 0 && errno != EINTR) return failure("poll");
  }
  timed_out_ = true;
  broken_ = true;
  return Error(Errc::kIo, "no answer within " + std::to_string(settings_.timeout.count()) + " ms");
}

Error Connection::failure(const std::string& call) {
  broken_ = true;
  return Error(Errc::kIo, call + ": " + one_line(PQerrorMessage(handle_)));
}

Status check_connection_text(const std::string& text) {
  char* problem = nullptr;
  PQconninfoOption* const options = PQconninfoParse(text.c_str(), &problem);
  const bool fine = options != nullptr;
  const std::string why = problem != nullptr ? one_line(problem) : "no memory";
  PQconninfoFree(options);
  PQfreemem(problem);
  if (fine) return ok();
  return Error(Errc::kSyntax, why);
}

}  // namespace restante::accounts::postgresql
