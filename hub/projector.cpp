#include "hub/projector.hpp"

namespace cunzheng::hub {
namespace {

constexpr std::size_t slice_arrivals = 200;  // some 20 ms: what a receipt may wait
constexpr std::size_t catch_up_arrivals = 2000;

}  // namespace

class Projector::SubjectsOf final : public registers::Subjects {
 public:
  explicit SubjectsOf(store::EntryStore& entries) : entries_(entries) {}
  Result<std::vector<registers::Held>> of_subject(const domain::SubjectId& subject) override {
    TRY(auto items, entries_.of_subject(subject));
    std::vector<registers::Held> out;
    out.reserve(items.size());
    for (auto& item : items) out.push_back({item.place.journal, std::move(item.item)});
    return out;
  }

 private:
  store::EntryStore& entries_;
};

Projector::Projector(store::StoreThread& store, store::EntryStore& entries, std::unique_ptr<registers::RowStore> rows,
                     crypto::PublicKey root, const crypto::SymmetricKey& person_key)
    : store_(store),
      entries_(entries),
      rows_(std::move(rows)),
      subjects_(std::make_unique<SubjectsOf>(entries)),
      projection_(std::make_unique<registers::Projection>(*rows_, *subjects_, root, person_key)) {}

Projector::~Projector() = default;

Result<bool> Projector::slice(std::size_t most) {
  if (is_torn_) {
    CHECK(projection_->open());
    is_torn_ = false;
  }
  TRY(const auto arrivals, entries_.arrivals(projection_->cursor(), most));
  if (arrivals.empty()) return false;
  std::vector<registers::NumberedArrival> numbered;
  numbered.reserve(arrivals.size());
  for (const auto& arrival : arrivals) {
    auto stored = entries_.item(arrival.place);
    if (!stored && stored.error().code != FailureCode::unreadable) return tl::make_unexpected(stored.error());
    auto item = stored ? std::move(stored->item) : journal::Item{};  // not even its id is left: the rest goes on (D31)
    const auto info = entries_.journal(arrival.place.journal);
    std::optional<journal::Seq> forked_at;
    if (info && info->fork) forked_at = info->fork->seq;
    numbered.push_back({arrival.number, {arrival.place.journal, std::move(item)}, forked_at, arrival.place.seq});
  }
  if (auto applied = projection_->apply(numbered); !applied) {
    is_torn_ = true;
    return tl::make_unexpected(std::move(applied).error());
  }
  return arrivals.size() == most;
}

Status Projector::catch_up() {
  for (;;) {
    TRY(const bool more, slice(catch_up_arrivals));
    if (!more) return {};
  }
}

Status Projector::open() {
  CHECK(projection_->open());
  return catch_up();
}

void Projector::grew() {
  if (!scheduled_.exchange(true)) go_on();
}

void Projector::go_on() {
  store_.run([this](store::EntryStore&) {
    scheduled_ = false;
    const auto more = slice(slice_arrivals);
    if (more && *more && !scheduled_.exchange(true)) go_on();  // a failure shows at the next read()
  });
}

void Projector::read(std::function<void(Result<const registers::Projection*>)> job) {
  store_.run([this, job = std::move(job)](store::EntryStore&) {
    if (const auto status = catch_up(); !status) return job(tl::make_unexpected(status.error()));
    job(projection_.get());
  });
}

void Projector::rebuild(std::function<void(Result<Rebuilt>)> done) {
  store_.run([this, done = std::move(done)](store::EntryStore&) {
    const auto work = [this]() -> Result<Rebuilt> {
      Rebuilt rebuilt;
      // Rows that cannot be read have no digest; making them again is what this is for.
      if (const auto before = projection_->digest()) rebuilt.before = *before;
      CHECK(projection_->reset());
      CHECK(catch_up());
      TRY(rebuilt.after, projection_->digest());
      rebuilt.arrivals = projection_->cursor();
      return rebuilt;
    };
    done(work());
  });
}

}  // namespace cunzheng::hub
