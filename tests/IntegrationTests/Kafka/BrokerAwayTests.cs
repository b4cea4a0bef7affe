using Penstock.IntegrationTests.Kit;

namespace Penstock.IntegrationTests.Kafka;

/// <summary>A broker of the centre's own is killed under it.</summary>
public sealed class BrokerAwayTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_broker_that_is_killed_and_comes_back_is_read_on_and_every_record_is_stored_once()
    {
        Needs.Kafka();
        await using var server = await KafkaServer.Start();
        using var topics = await PlantTopics.Make(server, _folder);
        await using var centre = await Centre.Start(_folder["centre"], more: topics.Arguments);
        await topics.Send("readings", "north/meter", Enumerable.Range(1, 300).Select(seq => PlantTopics.Reading(seq)));
        await Until.True("the first ones are stored", async () => await Count(centre) == 300);

        for (var kill = 1; kill <= 3; kill++)
        {
            await server.Kill();
            await Until.True("the centre says so", async () => !(await centre.Http.GetAsync("readyz")).IsSuccessStatusCode, TimeSpan.FromSeconds(60));
            await server.Restart();
            await server.WhenComplete();
            var first = (kill * 300) + 1;
            await topics.Send("readings", "north/meter", Enumerable.Range(first, 300).Select(seq => PlantTopics.Reading(seq)));
            await Until.True("reading goes on", async () => await Count(centre) == first + 299);
            await Until.True("it is well again", async () => (await centre.Http.GetAsync("readyz")).IsSuccessStatusCode);
        }

        Assert.Equal(1200, (await centre.History("north/meter/t1")).Select(point => point.Seq).Distinct().Count());
    }

    private static async Task<int> Count(Centre centre) =>
        (await centre.Tags()).Count == 0 ? 0 : (await centre.History("north/meter/t1")).Count;
}
