#include "sync/store/journal_store.hpp"

#include <algorithm>

namespace cunzheng::store {
namespace {

using journal::EntryId;
using journal::JournalId;
using journal::Seq;

constexpr std::size_t page = 1000;

class Fsck {
 public:
  Fsck(const std::map<JournalId, JournalInfo>& lines, Engine& engine) : lines_(lines), engine_(engine) {}

  Result<FsckReport> run() {
    for (const auto& [id, line] : lines_) {
      ++report_.journals;
      CHECK(check_line(line));
    }
    CHECK(check_arrivals());
    TRY(const auto of_engine, engine_.check());
    for (const auto& what : of_engine) report_.damages.push_back({{}, what, false});
    return std::move(report_);
  }

 private:
  void damage(const Place& place, const char* zh, const char* en, bool lacks_bytes = false) {
    report_.damages.push_back({place, {zh, en}, lacks_bytes});
  }

  // The id that the first item of the line must name as the one before.
  Result<std::optional<EntryId>> id_before(const JournalInfo& line) {
    if (!line.fork) return EntryId{};
    const auto left = lines_.find(line.fork->of);
    if (left == lines_.end() || left->second.head.head.seq < line.fork->seq) {
      damage({line.id, line.first}, "分支所离开的日志不在", "the line that this branch left is not there");
      return std::nullopt;
    }
    TRY(const auto kept, engine_.load({line.fork->of, line.fork->seq - 1}));
    return kept.id;
  }

  Status check_line(const JournalInfo& line) {
    TRY(auto before, id_before(line));
    std::map<Seq, EntryId> heads;
    Seq heads_read_to = line.first;
    for (auto seq = line.first; seq <= line.head.head.seq; ++seq) {
      if (seq == heads_read_to) {
        heads.clear();
        TRY(const auto some, engine_.heads(line.id, seq, page));
        for (const auto& head : some) heads.emplace(head.head.seq, head.head.id);
        heads_read_to = some.size() == page ? some.back().head.seq + 1 : line.head.head.seq + 1;
      }
      const Place place{line.id, seq};
      TRY(const auto kept, engine_.load(place));
      CHECK(check_item(place, kept, before, line.head.head.journal));
      const auto head = heads.find(seq);
      if (head != heads.end() && kept.id && head->second != *kept.id) {
        damage(place, "签名的是另一条", "the signed head names another entry");
      }
      before = kept.id;
    }
    if (before && *before != line.head.head.id) {
      damage({line.id, line.head.head.seq}, "日志末条与签名不符", "the end of the journal is not the signed one");
    }
    return {};
  }

  Status check_item(const Place& place, const Kept& kept, const std::optional<EntryId>& before,
                    const JournalId& journal) {
    ++report_.items;
    if (kept.damaged) damage(place, "条目已损坏", "the entry is damaged", true);
    if (kept.part_damaged) damage(place, "私密部分已损坏", "the private part is damaged", true);
    if (kept.part == Kept::Part::held) ++report_.private_parts;
    if (!kept.is_whole()) return {};

    const auto entry = journal::parse_entry(kept.entry);
    if (!entry) {
      damage(place, "条目无法解析", "the entry cannot be parsed");
      return {};
    }
    if (!kept.id || journal::id_of(kept.entry) != *kept.id) {
      damage(place, "内容与编号不符", "the bytes do not have this id");
    }
    const bool opens = place.seq == 0;
    if (entry->seq != place.seq || entry->journal != (opens ? JournalId{} : journal) ||
        (opens && kept.id && kept.id->value() != journal.value())) {
      damage(place, "不属于这个位置", "the entry does not belong at this place");
    }
    if (before && entry->prev != *before) damage(place, "与前一条不相连", "the entry before is not the one it names");
    if (kept.part == Kept::Part::held && journal::private_digest(kept.private_part) != entry->private_digest) {
      damage(place, "私密部分与摘要不符", "the private part does not have this digest");
    }
    TRY(const bool indexed, engine_.is_indexed(journal::subject_of(*entry, *kept.id), place));
    if (!indexed) damage(place, "事项索引缺少此条", "the index of subjects lacks this entry");
    return {};
  }

  // Every item arrived, and numbers have no gap.
  Status check_arrivals() {
    std::map<JournalId, std::vector<bool>> arrived;
    for (const auto& [id, line] : lines_) arrived[id].resize(line.head.head.seq - line.first + 1);
    for (std::uint64_t last = 0;;) {
      const auto read = engine_.arrivals(last, page);
      if (!read && read.error().code == FailureCode::unreadable) {
        report_.damages.push_back({{}, read.error().what, false});
        return {};
      }
      TRY(const auto some, read);
      for (const auto& arrival : some) {
        const auto line = lines_.find(arrival.place.journal);
        const auto seq = arrival.place.seq;
        if (arrival.number != last + 1 || line == lines_.end() || seq < line->second.first ||
            seq > line->second.head.head.seq) {
          damage(arrival.place, "到达记录不连续或指向不存在的条目", "arrivals have a gap or name what is not there");
        } else {
          arrived[line->first][seq - line->second.first] = true;
        }
        last = arrival.number;
      }
      if (some.size() < page) break;
    }
    for (const auto& [id, flags] : arrived) {
      for (std::size_t k = 0; k < flags.size(); ++k) {
        if (!flags[k]) damage({id, lines_.at(id).first + k}, "没有到达记录", "there is no arrival of this entry");
      }
    }
    return {};
  }

  const std::map<JournalId, JournalInfo>& lines_;
  Engine& engine_;
  FsckReport report_;
};

}  // namespace

std::vector<Lacking> lacking_among(EntryStore& store, std::span<const FsckReport::Damage> damages) {
  std::vector<Lacking> out;
  for (const auto& damage : damages) {
    const auto line = store.journal(damage.place.journal);
    if (!damage.lacks_bytes || !line) continue;
    Lacking lacking{damage.place, std::nullopt};
    if (damage.place.seq > line->first) {
      const auto before = store.item({damage.place.journal, damage.place.seq - 1});
      if (before) lacking.before = before->item.id;
    }
    out.push_back(lacking);
  }
  return out;
}

Result<FsckReport> check_everything(const std::map<JournalId, JournalInfo>& lines, Engine& engine) {
  return Fsck(lines, engine).run();
}

}  // namespace cunzheng::store
