using Penstock.Central.Kafka;
using Penstock.Central.Web;

namespace Penstock.Central.Api;

/// <summary><c>/api/v1/streams</c>: what this centre reads from Kafka and how far behind it is.</summary>
internal static class StreamEndpoints
{
    public static void MapStreams(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/streams", StreamsAsync).RequirePerson().WithSummary("The partitions that this centre reads, with position, end and lag.").Produces<StreamsView>();

    private static Task StreamsAsync(HttpContext context, KafkaStatus status) => context.WriteJsonAsync(
        new StreamsView(
            status.Options is null ? "off" : status.Trouble is null ? "ok" : "trouble",
            status.Trouble,
            status.Options?.Brokers,
            status.Cluster,
            status.Options?.Group,
            [.. status.Partitions.Select(p => new StreamView(p.Topic, p.Partition, p.Position, p.End, p.Lag))]),
        CentralJson.Wire.StreamsView);
}
