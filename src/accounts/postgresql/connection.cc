#include "accounts/postgresql/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>

#include "base/ascii.h"

namespace restante::accounts::postgresql {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::array<const char*, 3> kNames = {"restante_account", "restante_alias",
                                               "restante_domain"};

std::size_t index_of(Query query) { return static_cast<std::size_t>(query); }

/// libpq ends its messages with LF, and has several lines in some.
std::string one_line(std::string_view text) {
  std::string out(trim(text));
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

/// The database says of the very text of the name that it cannot be: not of itself that it is ill
/// (SQLSTATE 22021 character_not_in_repertoire, 22P05 untranslatable_character).
bool is_about_the_name(const pg_result* result) {
  const char* const state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state == nullptr) return false;
  return std::string_view(state) == "22021" || std::string_view(state) == "22P05";
}

std::optional<std::string> field_of(const pg_result* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return std::nullopt;
  return std::string(PQgetvalue(result, row, column),
                     static_cast<std::size_t>(PQgetlength(result, row, column)));
}

Rows to_rows(const pg_result* result, std::size_t rows_max) {
  Rows out;
  const int columns = PQnfields(result);
  for (int column = 0; column < columns; ++column)
    out.columns.emplace_back(PQfname(result, column));
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

Result<std::unique_ptr<Connection>> Connection::open(const Settings& settings) {
  std::unique_ptr<Connection> made(new Connection(settings));
  RESTANTE_CHECKED(made->connect());
  RESTANTE_CHECKED(made->prepare(Query::kAccount, settings.account_query));
  if (!settings.alias_query.empty())
    RESTANTE_CHECKED(made->prepare(Query::kAlias, settings.alias_query));
  if (!settings.domain_query.empty())
    RESTANTE_CHECKED(made->prepare(Query::kDomain, settings.domain_query));
  return made;
}

Connection::~Connection() { PQfinish(handle_); }

Status Connection::connect() {
  // The operator's own string overrides what stands before it; not the encoding, since names are
  // UTF-8.
  const std::string timeout = in_seconds(settings_.timeout);
  const std::array<const char*, 5> keys = {"connect_timeout", "application_name", "dbname",
                                           "client_encoding", nullptr};
  const std::array<const char*, 5> values = {timeout.c_str(), "restante",
                                             settings_.connection.c_str(), "UTF8", nullptr};
  const int expand_dbname = 1;
  handle_ = PQconnectdbParams(keys.data(), values.data(), expand_dbname);
  if (handle_ == nullptr) return Error(Errc::kIo, "no memory for a database connection");
  if (PQstatus(handle_) != CONNECTION_OK) return failure("connect");
  if (PQsetnonblocking(handle_, 1) != 0) return failure("connect");
  // We stop waiting then; the server need not go on either.
  const std::string limit = "SET statement_timeout = " + std::to_string(settings_.timeout.count());
  if (PQsendQuery(handle_, limit.c_str()) == 0) return failure("set");
  RESTANTE_TRY(const Answer set, await_answer());
  return ok();
}

Status Connection::prepare(Query query, const std::string& text) {
  const char* const name = kNames[index_of(query)];
  if (PQsendPrepare(handle_, name, text.c_str(), 0, nullptr) == 0) return failure("prepare");
  RESTANTE_TRY(const Answer prepared, await_answer());
  if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK)
    return Error(Errc::kIo,
                 "query \"" + text + "\": " + one_line(PQresultErrorMessage(prepared.get())));
  if (PQsendDescribePrepared(handle_, name) == 0) return failure("describe");
  RESTANTE_TRY(const Answer described, await_answer());
  parameters_[index_of(query)] = PQnparams(described.get());
  return ok();
}

Result<Rows> Connection::run(Query query, const Parameters& parameters, std::size_t rows_max) {
  std::array<const char*, std::tuple_size_v<Parameters>> values{};
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = parameters[i].c_str();
  const int count = std::min<int>(parameters_[index_of(query)], values.size());
  const int as_text = 0;
  if (PQsendQueryPrepared(handle_, kNames[index_of(query)], count, values.data(), nullptr, nullptr,
                          as_text) == 0)
    return failure("query");
  RESTANTE_TRY(const Answer answer, await_answer());
  const pg_result* const result = answer.get();
  if (PQresultStatus(result) != PGRES_TUPLES_OK) {
    if (is_about_the_name(result))
      return Error(Errc::kNotFound, "not a name the database can hold");
    return Error(Errc::kIo, "query: " + one_line(PQresultErrorMessage(result)));
  }
  return to_rows(result, rows_max);
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
