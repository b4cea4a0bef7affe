using FsCheck;
using FsCheck.Fluent;
using Penstock.Central.Historian;
using Xunit;

namespace Penstock.UnitTests.Central;

public sealed class EpochLedgerTests
{
    private const int Numbers = 40;
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true);

    private static readonly Gen<(long From, long To, LedgerState State)> AnyMark =
        from first in Gen.Choose(1, Numbers)
        from second in Gen.Choose(1, Numbers)
        from state in Gen.Elements(LedgerState.Stored, LedgerState.Dead, LedgerState.Dropped)
        select ((long)Math.Min(first, second), (long)Math.Max(first, second), state);

    [Fact]
    public void Every_number_has_the_highest_state_it_was_marked_with()
    {
        Check.One(Many, Prop.ForAll(AnyMark.ListOf().ToArbitrary(), marks =>
        {
            var ledger = Marked(marks);

            for (var seq = 0L; seq <= Numbers + 1; seq++)
                Assert.Equal(Highest(marks, seq), ledger[seq]);
        }));
    }

    [Fact]
    public void Ranges_are_sorted_apart_and_as_few_as_possible()
    {
        Check.One(Many, Prop.ForAll(AnyMark.ListOf().ToArbitrary(), marks =>
        {
            var ranges = Marked(marks).Ranges;

            Assert.All(ranges, range => Assert.True(range.From <= range.To));
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(
                pair.First.To < pair.Second.From && (pair.First.To + 1 < pair.Second.From || pair.First.State != pair.Second.State)));
        }));
    }

    [Fact]
    public void The_order_of_marks_does_not_matter()
    {
        var shuffled = from marks in AnyMark.ListOf() from other in Gen.Shuffle(marks.AsEnumerable()) select (One: marks, Other: other);

        Check.One(Many, Prop.ForAll(shuffled.ToArbitrary(), pair => Assert.Equal(Marked(pair.One).Ranges, Marked(pair.Other).Ranges)));
    }

    [Fact]
    public void Marking_a_number_again_is_told_from_marking_it_first()
    {
        var ledger = new EpochLedger();

        Assert.True(ledger.Mark(5, LedgerState.Dropped));
        Assert.True(ledger.Mark(5, LedgerState.Stored));
        Assert.False(ledger.Mark(5, LedgerState.Stored));
        Assert.False(ledger.Mark(5, LedgerState.Dead));
    }

    [Fact]
    public void Missing_numbers_are_those_below_the_last_known_one()
    {
        LedgerRange[] ranges = [new(3, 4, LedgerState.Stored), new(5, 5, LedgerState.Dead), new(9, 9, LedgerState.Stored)];

        Assert.Equal([(1, 2), (6, 8)], EpochLedger.Missing(ranges, 10));
        Assert.Equal([(1, 2)], EpochLedger.Missing(ranges, 1));
    }

    [Fact]
    public void A_range_to_the_end_of_all_numbers_does_not_overflow()
    {
        var ledger = new EpochLedger();

        ledger.Mark(1, long.MaxValue, LedgerState.Dropped);
        ledger.Mark(7, LedgerState.Stored);

        Assert.Equal(LedgerState.Stored, ledger[7]);
        Assert.Equal(LedgerState.Dropped, ledger[long.MaxValue - 1]);
    }

    private static EpochLedger Marked(IEnumerable<(long From, long To, LedgerState State)> marks)
    {
        var ledger = new EpochLedger();
        foreach (var (from, to, state) in marks)
        {
            if (from == to)
                ledger.Mark(from, state);
            else
                ledger.Mark(from, to, state);
        }

        return ledger;
    }

    private static LedgerState? Highest(IEnumerable<(long From, long To, LedgerState State)> marks, long seq) =>
        marks.Where(m => m.From <= seq && seq <= m.To).Select(m => (LedgerState?)m.State).Max();
}
