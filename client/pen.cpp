#include "client/pen.hpp"

#include <algorithm>

namespace cunzheng::client {

Result<Pen> Pen::take(Books& books, Recorder& recorder, const Clock& clock, crypto::KeyPair device_key) {
  const auto own = books.own_journal();
  const auto end = own ? books.end_of(*own) : std::nullopt;
  if (!end) {
    return fail(FailureCode::unreadable,
                {"数据夹里没有本机的日志，请重新登记", "the store does not hold this laptop's journal: enrol again"});
  }
  const auto& series = books.opening_of(*own)->series;
  if (series.size() != 1) {
    return fail(FailureCode::unreadable, {"本机日志没有编号字母", "this laptop's journal has no series letter"});
  }
  Pen pen(books, recorder, clock, journal::Writer(*end, books.lamport(), std::move(device_key)), series.front());
  pen.series_ = books.series();
  if (books.is_forked(*own)) {
    pen.stop({FailureCode::conflict,
              {"本机日志出现分叉（同一份数据被两处使用），请重新登记（enrol）",
               "this laptop's journal has two branches (the same store was used twice): enrol again"},
              {},
              "D09"});
  }
  return pen;
}

TimeClaim Pen::claim() const { return claim_of(clock_->now(), books_->clock_evidence()); }

Result<CivilDate> Pen::today(const std::optional<CivilDate>& confirmed) const {
  const auto claimed = claim();
  const auto day = local_date(claimed.at);
  if (claimed.confidence != ClockConfidence::doubtful && (!confirmed || *confirmed == day)) return day;
  const auto shown = local_text(claimed.at);
  if (!confirmed) {
    return fail(
        FailureCode::refused,
        {"本机时钟可疑（现在显示" + shown + "），请先校准；时钟无误的，请对照纸质日历加上--confirm-date " + day.text(),
         "this laptop's clock is in doubt (it shows " + shown +
             "): set it right; if it is right, say so with --confirm-date " + day.text()},
        "confirm_date", "O6");
  }
  if (*confirmed != day) {
    return fail(
        FailureCode::refused,
        {"本机时钟显示" + shown + "，与确认的日期" + confirmed->text() + "不符，请先校准时钟",
         "the clock shows " + shown + ", which is not the confirmed " + confirmed->text() + ": set the clock right"},
        "confirm_date", "O6");
  }
  return day;
}

Result<domain::CertificateNumber> Pen::next_number(CivilDate on, const std::string& code12) const {
  const auto year = on.year();
  if (series_.year > year) {
    const auto last = std::to_string(series_.year);
    return fail(FailureCode::conflict,
                {"已有" + last + "年的编号，时钟却是更早的年份，请先校准时钟",
                 "certificates were numbered in " + last + " and the clock shows an earlier year: set it right"},
                {}, "O6");
  }
  if (books_->may_lack_a_number()) {
    return fail(
        FailureCode::conflict,
        {"本机日志末尾有损坏的记录，其中可能有已用的编号：请先同步取回，取不回的请重新登记（enrol）",
         "an entry at the end of this laptop's journal is damaged and may be a number that is taken: sync to get "
         "it back, or enrol again if it does not come"},
        {}, "D31");
  }
  const auto taken_in = [year](const Books::Series& series) {
    const auto found = series.serials.find(year);
    return found == series.serials.end() ? 0 : found->second;
  };
  const auto serial = std::max(taken_in(series_), taken_in(books_->series())) + 1;  // one that came back counts too
  if (serial > domain::CertificateNumber::serial_max) {
    return fail(FailureCode::conflict, {"本年编号已用完", "no numbers are left this year"}, {}, "O3");
  }
  return domain::CertificateNumber{code12, year, letter_, serial};
}

Status Pen::may_write() const {
  if (stopped_) return tl::make_unexpected(*stopped_);
  if (recorder_->trouble()) return tl::make_unexpected(*recorder_->trouble());
  return {};
}

void Pen::write(std::vector<journal::Draft> drafts, std::optional<domain::CertificateNumber> number,
                std::function<void(Result<Written>)> done) {
  if (auto may = may_write(); !may) return done(tl::make_unexpected(std::move(may).error()));
  for (const auto& draft : drafts) {
    if (auto fits = journal::check_size(draft); !fits) return done(tl::make_unexpected(std::move(fits).error()));
  }
  writer_.saw(books_->lamport());
  const journal::WriterContext context{claim(), books_->known(journal::JournalKind::district),
                                       books_->known(journal::JournalKind::body)};
  auto range = writer_.write(std::move(drafts), context);
  if (number) {
    series_.last = *number;
    series_.serials[number->year] = number->serial;
    if (context.claimed.confidence != ClockConfidence::doubtful) series_.year = std::max(series_.year, number->year);
  }
  Written written{{}, range.first, context.claimed.confidence == ClockConfidence::doubtful};
  for (const auto& item : range.items) written.ids.push_back(item.id);
  std::vector<journal::Range> ranges;
  ranges.push_back(std::move(range));
  recorder_->append(std::move(ranges), [this, written = std::move(written), done = std::move(done)](Status status) {
    if (!status) {
      // The writer has moved on and the disk has not: what is there must be read again before anything else is written.
      stop({FailureCode::unavailable,
            {"写盘失败，请检查磁盘后重新启动程序：" + status.error().what.zh,
             "a write failed, check the disk and start the program again: " + status.error().what.en},
            {},
            {}});
      return done(tl::make_unexpected(std::move(status).error()));
    }
    done(written);
  });
}

}  // namespace cunzheng::client
