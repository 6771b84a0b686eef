#include "sync/program/store_repair.hpp"

#include <algorithm>

namespace cunzheng::program {

bool RepairedStore::may_have_lost_own_words() const {
  return report && (report->mark_was_lost || report->commits_lost > 0 || !report->heads_lost.empty());
}

Result<RepairedStore> repair_store(const store::StoreOptions& options, const crypto::SymmetricKey& key,
                                   const std::function<Status()>& beforehand) {
  RepairedStore repaired;
  auto opened = store::open_leveldb_store(options, key);
  if (opened) {
    TRY(const auto found, (*opened)->fsck());
    const bool sessions_mend_it =
        std::all_of(found.damages.begin(), found.damages.end(), [](const auto& damage) { return damage.lacks_bytes; });
    if (sessions_mend_it) return RepairedStore{*std::move(opened), std::nullopt, found.damages};
    opened = fail(FailureCode::unreadable, {});  // closed: it is made anew
  }
  const auto code = opened.error().code;
  if (code != FailureCode::unreadable && code != FailureCode::refused) return tl::make_unexpected(opened.error());
  CHECK(beforehand());
  TRY(repaired.report, store::repair_leveldb_store(options, key));
  TRY(repaired.entries, store::open_leveldb_store(options, key));
  TRY(const auto left, repaired.entries->fsck());
  repaired.lacking = left.damages;
  return repaired;
}

Reply repair_reply(const RepairedStore& repaired, const Text& next) {
  Reply reply;
  std::vector<Text> lines;
  reply.data = {{"repaired", repaired.report.has_value()}, {"damaged", repaired.lacking.size()}};
  if (!repaired.report) {
    lines.push_back({"存储可以打开，没有需要重建的内容", "the store opens: nothing had to be made anew"});
  } else {
    const auto& report = *repaired.report;
    json::array heads;
    for (const auto& head : report.heads_lost) {
      heads.push_back(json::object{{"journal", codec::to_json(head.journal)}, {"seq", head.seq}});
    }
    reply.data["items"] = report.items;
    reply.data["commits_lost"] = report.commits_lost;
    reply.data["heads_lost"] = std::move(heads);
    reply.data["mark_was_lost"] = report.mark_was_lost;
    reply.data["kept_original"] = report.kept_original.string();
    const auto items = std::to_string(report.items - report.damaged_items);
    const auto kept = report.kept_original.string();
    lines.push_back(
        {"已由可读的" + items + "个条目重建存储。原来的数据留在 " + kept,
         "The store is made anew of the " + items + " entries that can be read. What was there lies in " + kept});
    const auto lost = std::to_string(report.commits_lost);
    if (report.commits_lost > 0) {
      lines.push_back({"缺少" + lost + "次已确认的写入", lost + " confirmed writes are missing"});
    }
    if (report.mark_was_lost) {
      lines.push_back(
          {"提交标记已丢失，无法确认是否有缺失", "the commit mark was lost: nobody can say what is missing"});
    }
  }
  if (!repaired.lacking.empty()) {
    const auto count = std::to_string(repaired.lacking.size());
    lines.push_back(
        {count + "个条目已损坏，同步时取回", count + " entries are damaged and come back with the next sync"});
  }
  lines.push_back(next);
  reply.human = joined(lines);
  return reply;
}

}  // namespace cunzheng::program
