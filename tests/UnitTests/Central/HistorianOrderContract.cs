using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using Penstock.Analytics;
using Penstock.Central.Historian;
using Penstock.Contracts;
using Xunit;
using static Penstock.UnitTests.Central.Records;

namespace Penstock.UnitTests.Central;

/// <summary>Duplicates, overlaps and any order of arrival leave a historian in the same state, and roll-ups right.</summary>
public abstract class HistorianOrderContract
{
    private const int Span = 7_400;
    private Config Some => Config.QuickThrowOnFailure.WithMaxTest(Stories).WithQuietOnSuccess(true);

    private static readonly Gen<List<Reading>> AnyReadings =
        from values in Gen.Choose(-50, 50).Zip(Gen.Choose(0, Span)).Zip(Gen.Elements(Quality.Good, Quality.Good, Quality.Uncertain, Quality.Bad))
            .ListOf(60)
        select values.Select((v, i) => Reading(i + 1, v.Item1.Item1, v.Item1.Item2, i % 3 == 0 ? "t2" : "t1", q: v.Item2)).ToList();

    private static readonly Gen<(List<Reading> All, List<List<Reading>> Groups)> AnyDelivery =
        from readings in AnyReadings
        from again in Gen.SubListOf<Reading>(readings)
        from order in Gen.Shuffle(Enumerable.Concat(readings, again))
        from size in Gen.Choose(1, 30)
        select (readings, order.Chunk(size).Select(c => c.ToList()).ToList());

    private protected virtual int Stories => 25;

    /// <summary>Opens a new, empty history.</summary>
    private protected abstract ValueTask<IHistorian> OpenAsync(string folder, TimeProvider clock);

    [Fact]
    public void Shuffled_and_repeated_groups_leave_the_same_state_as_one_group_in_order()
    {
        Check.One(Some, Prop.ForAll(AnyDelivery.ToArbitrary(), delivery =>
        {
            var expected = Deliver([delivery.All], refresh: false).Dump;
            var delivered = Deliver(delivery.Groups, refresh: true).Dump;

            Assert.Equal(expected, delivered);
        }));
    }

    [Fact]
    public void Roll_ups_equal_a_plain_recomputation_whatever_arrives_late()
    {
        Check.One(Some, Prop.ForAll(AnyDelivery.ToArbitrary(), delivery =>
        {
            var hours = Deliver(delivery.Groups, refresh: true).Hours;

            Assert.Equal(Recompute(delivery.All), hours);
        }));
    }

    // Rows are compared without the ids that the order of arrival gives; the clock stands still, so the commit time is equal.
    private (string Dump, string Hours) Deliver(IEnumerable<List<Reading>> groups, bool refresh)
    {
        using var folder = new TempFolder();
        var clock = new FakeTimeProvider(Noon.ToDateTimeOffset() + TimeSpan.FromHours(6));
        return Work().AsTask().GetAwaiter().GetResult(); // a property is no asynchronous method

        async ValueTask<(string, string)> Work()
        {
            await using var historian = await OpenAsync(folder.Path, clock);
            await historian.SaveTagsAsync([Tag("t1"), Tag("t2")], default);
            foreach (var group in groups)
            {
                await historian.CommitAsync([Group(group)], [], default);
                if (refresh)
                    await historian.RefreshRollUpsAsync(3, default);
            }

            var ids = await historian.FindTagAsync(new("north", "meter", "t1"), default);
            var hours = await historian.ReadBucketsAsync(ids, Noon, Noon + TimeSpan.FromDays(1), TimeSpan.FromHours(1), default);
            return (await HistorianDump.OfAsync(historian), string.Join('\n', hours));
        }
    }

    private static string Recompute(IEnumerable<Reading> readings)
    {
        var hours = readings.Where(r => r.Tag == "t1")
            .GroupBy(r => r.Ts.Microseconds / 3_600_000_000)
            .OrderBy(hour => hour.Key)
            .Select(hour => new Bucket(new(hour.Key * 3_600_000_000), Fold(hour)));
        return string.Join('\n', hours);
    }

    // By minutes first: integers make the sums exact, so only the reset rule could tell the difference.
    private static RollUp Fold(IEnumerable<Reading> readings) =>
        readings.OrderBy(r => r.Ts).ThenBy(r => r.Seq).Aggregate(default(RollUp), (sum, r) => sum.Add(r.Ts, r.Value, r.Q));
}
