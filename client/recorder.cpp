#include "client/recorder.hpp"

#include <memory>
#include <utility>

namespace cunzheng::client {
namespace {

constexpr std::size_t arrivals_at_once = 2000;

// These two are about that one append; everything else shuts the store.
bool shuts_the_store(const Failure& failure) {
  return failure.code != FailureCode::conflict && failure.code != FailureCode::bad_input;
}

Failure trouble_of(const Failure& failure) {
  if (failure.code == FailureCode::unreadable) {
    return {FailureCode::unreadable,
            {"存储已损坏，写不进去。请结束程序，运行 repair",
             "the store is damaged and takes nothing: end the program and run repair"},
            {},
            {}};
  }
  return {
      FailureCode::unavailable,
      {"上一次写盘失败，请检查磁盘后重新启动程序", "the last write failed: check the disk and start the program again"},
      {},
      {}};
}

}  // namespace

Recorder::Recorder(link::Loop& loop, store::StoreThread& store, Books& books, const program::Log& log,
                   Announce announce)
    : loop_(loop), store_(store), books_(books), log_(log), announce_(std::move(announce)) {}

void Recorder::append(std::vector<journal::Range> ranges, std::function<void(Status)> done) {
  store_.append(std::move(ranges), [this, done = std::move(done)](Result<store::AppendReport> report) {
    if (!report) {
      if (!trouble_ && shuts_the_store(report.error())) trouble_ = trouble_of(report.error());
      log_.warning("append_failed", {{"code", static_cast<int>(report.error().code)}});
      return done(tl::make_unexpected(std::move(report).error()));
    }
    if (!report->forks.empty()) log_.warning("fork_stored", {{"journal", report->forks.front().of}});
    next_.push_back(done);
    catch_up();
  });
}

void Recorder::catch_up() {
  if (fetching_ || next_.empty()) return;
  fetching_ = true;
  in_flight_ = std::exchange(next_, {});
  store_.run([this, after = books_.cursor()](store::EntryStore& entries) {
    auto fresh = std::make_shared<Result<Fresh>>(fetch(entries, after, arrivals_at_once));
    loop_.post([this, fresh] { take(std::move(*fresh)); });
  });
}

void Recorder::take(Result<Fresh> fresh) {
  fetching_ = false;
  auto waiting = std::exchange(in_flight_, {});
  const bool is_all = !fresh || fresh->is_all;
  auto news = fresh ? books_.take(*std::move(fresh)) : tl::make_unexpected(std::move(fresh).error());
  if (news) {
    if (!news->to_erase.empty()) {
      log_.info("private_parts_erased", {{"count", news->to_erase.size()}});
      store_.run([places = news->to_erase](store::EntryStore& entries) {
        // What cannot be erased now is tried again at the next start: the order stays in the journal.
        [[maybe_unused]] const auto erased = entries.erase_private(places);
      });
    }
    for (const auto& growth : news->grown) announce_(growth);
  }
  if (news && !is_all) {
    next_.insert(next_.begin(), waiting.begin(), waiting.end());
  } else {
    for (const auto& done : waiting) {
      if (news) {
        done({});
      } else {
        done(tl::make_unexpected(news.error()));
      }
    }
  }
  catch_up();
}

}  // namespace cunzheng::client
