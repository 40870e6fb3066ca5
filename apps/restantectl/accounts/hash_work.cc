#include "restantectl/accounts/hash_work.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "console/meter.h"
#include "console/progress.h"

namespace restante::ctl {
namespace {

/// Comparing costs as much as making: a password that is the stored one costs one hash.
void do_job(const accounts::SecretSettings& settings, HashJob& job) {
  job.is_same = !job.stored.empty() && accounts::verify_password(job.stored, job.password);
  if (!job.is_same) job.made = accounts::make_secret(job.password, settings);
}

}  // namespace

void hash_all(const console::Output& out, const accounts::SecretSettings& settings,
              std::vector<HashJob>& jobs) {
  if (jobs.empty()) return;
  const auto start = std::chrono::steady_clock::now();
  do_job(settings, jobs.front());
  const auto one = std::chrono::steady_clock::now() - start;
  const std::size_t threads =
      std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, jobs.size());
  const auto all = std::chrono::duration_cast<std::chrono::seconds>(
      one * static_cast<std::int64_t>(jobs.size() / threads));
  out.note("restantectl: " + std::to_string(jobs.size()) +
           " passwords in the clear have to be hashed, which takes about " +
           console::human_time(all) + "; hashes would take none of it");
  std::atomic<std::size_t> next{1};
  const auto work = [&](auto told) {
    for (std::size_t place = next++; place < jobs.size(); place = next++) {
      do_job(settings, jobs[place]);
      told();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&] { work([] {}); });
  {
    console::Progress progress("hashing passwords", out, "restantectl");
    progress.set_total(jobs.size(), console::Unit::kPieces);
    std::size_t shown = 0;
    work([&] {
      const std::size_t done = std::min(next.load(), jobs.size());
      progress.add(done - shown);
      shown = done;
    });
  }
  for (std::thread& other : others) other.join();
}

}  // namespace restante::ctl
