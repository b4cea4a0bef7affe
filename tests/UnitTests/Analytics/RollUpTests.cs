using FsCheck;
using FsCheck.Fluent;
using Penstock.Analytics;
using Penstock.Contracts;
using Xunit;

namespace Penstock.UnitTests.Analytics;

public sealed class RollUpTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true);

    private static readonly Gen<Quality> AnyQuality = Gen.Elements(Quality.Good, Quality.Good, Quality.Uncertain, Quality.Bad);

    private static readonly Gen<List<Sample>> InOrder =
        from samples in Gen.Choose(-1_000, 1_000).Zip(AnyQuality).Zip(Gen.Choose(0, 3), (value, step) => (value.Item1, value.Item2, step)).ListOf()
        select Timed(samples);

    [Fact]
    public void The_roll_up_of_nothing_has_no_mean()
    {
        Assert.Equal(0, new RollUp().Count);
        Assert.Null(new RollUp().Mean);
    }

    [Fact]
    public void A_roll_up_says_how_many_how_much_and_what_came_last()
    {
        var rollUp = Fold([new Sample(1, 4, Quality.Good), new(2, -2, Quality.Uncertain), new(3, 7, Quality.Good)]);

        Assert.Equal((3, -2, 7, 9, 7, 3), (rollUp.Count, rollUp.Min, rollUp.Max, rollUp.Sum, rollUp.Last, rollUp.LastTs.Microseconds));
        Assert.Equal(3, rollUp.Mean);
        Assert.Equal(Quality.Uncertain, rollUp.Worst);
    }

    [Fact]
    public void A_bad_or_missing_value_counts_in_the_worst_quality_only()
    {
        var rollUp = new RollUp()
            .Add(new Timestamp(1), 5, Quality.Good)
            .Add(new Timestamp(2), 1_000_000, Quality.Bad)
            .Add(new Timestamp(3), null, Quality.Uncertain);

        Assert.Equal(new RollUp().Add(new Timestamp(1), 5, Quality.Good) with { Worst = Quality.Bad }, rollUp);
    }

    [Fact]
    public void Bad_values_anywhere_change_nothing_but_the_worst_quality()
    {
        Check.One(Many, Prop.ForAll(InOrder.ToArbitrary(), samples =>
            Assert.Equal(Fold(samples.Where(sample => sample.Q != Quality.Bad)), Fold(samples) with { Worst = Worst(samples.Where(sample => sample.Q != Quality.Bad)) })));
    }

    [Fact]
    public void Joining_two_intervals_is_the_same_as_folding_both()
    {
        Check.One(Many, Prop.ForAll(InOrder.Zip(Gen.Choose(0, 100)).ToArbitrary(), pair =>
        {
            var (samples, cut) = pair;
            var at = Math.Min(cut, samples.Count);

            Assert.Equal(Fold(samples), Fold(samples.Take(at)).Join(Fold(samples.Skip(at))));
        }));
    }

    [Fact]
    public void Joining_with_nothing_changes_nothing()
    {
        Check.One(Many, Prop.ForAll(InOrder.ToArbitrary(), samples =>
        {
            Assert.Equal(Fold(samples), Fold(samples).Join(new RollUp()));
            Assert.Equal(Fold(samples), new RollUp().Join(Fold(samples)));
        }));
    }

    [Fact]
    public void Count_least_greatest_and_sum_do_not_depend_on_the_order()
    {
        var numbers = ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => number.Get % 1e9).NonEmptyListOf();
        var shuffled = from list in numbers from other in Gen.Shuffle(list.AsEnumerable()) select (One: list, Other: other);
        Check.One(Many, Prop.ForAll(shuffled.ToArbitrary(), pair =>
        {
            var (one, other) = (Fold(pair.One), Fold(pair.Other));

            Assert.Equal((one.Count, one.Min, one.Max), (other.Count, other.Min, other.Max));
            Assert.Equal(one.Sum, other.Sum, 1e-9 * (1 + pair.One.Sum(Math.Abs)));
        }));
    }

    [Fact]
    public void A_late_reading_does_not_replace_the_last_one()
    {
        var rollUp = Fold([new Sample(10, 1, Quality.Good), new(5, 2, Quality.Good)]);

        Assert.Equal((1, 10), (rollUp.Last, rollUp.LastTs.Microseconds));
    }

    private static RollUp Fold(IEnumerable<Sample> samples) =>
        samples.Aggregate(new RollUp(), (rollUp, sample) => rollUp.Add(new Timestamp(sample.Ts), sample.Value, sample.Q));

    private static RollUp Fold(IEnumerable<double> numbers) =>
        numbers.Aggregate(new RollUp(), (rollUp, number) => rollUp.Add(new Timestamp(1), number, Quality.Good));

    private static Quality Worst(IEnumerable<Sample> samples) => samples.Select(sample => sample.Q).DefaultIfEmpty().Max();

    private static List<Sample> Timed(IEnumerable<(int Value, Quality Q, int Step)> samples)
    {
        var ts = 0L;
        return [.. samples.Select(sample => new Sample(ts += sample.Step, sample.Value, sample.Q))];
    }

    private sealed record Sample(long Ts, double Value, Quality Q);
}
