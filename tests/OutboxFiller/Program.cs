using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Contracts;
using Penstock.EdgeAgent.Data;
using Penstock.EdgeAgent.Outbox;

namespace Penstock.OutboxFiller;

/// <summary>
/// Fills the outbox of a data folder as if its agent had polled for a while without link: <c>FOLDER SITE DEVICES TAGS MEGABYTES</c>.
/// Devices are <c>device-N</c>, tags <c>tNNN</c>, all of them once a second, noise around a slow wave. Prints
/// "RECORDS BYTES".
/// </summary>
internal static class Program
{
    // Whatever the content packs to and the segments keep ahead, nothing is dropped.
    private const long Cap = 16L << 30;

    // On disk; so the past begins early enough for whatever the content packs to.
    private const int LeastBytesOfARecord = 10;

    public static async Task<int> Main(string[] args)
    {
        var (site, devices, tags, bytes) = (args[1], Number(args[2]), Number(args[3]), Number(args[4]) * 1_000_000L);
        using var folder = DataFolder.Open(args[0]);
        var clock = TimeProvider.System;
        long records;
        OutboxStatus status;
        await using (var outbox = SegmentOutbox.Open(folder.Outbox, folder.Agent, site, new OutboxOptions { CapBytes = Cap }, clock, NullLogger<SegmentOutbox>.Instance))
        {
            records = await FillAsync(outbox, new Content(site, devices, tags), bytes);
            status = outbox.Status;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{records} {status.State.Bytes}"));
        return status.Dropped == 0 ? 0 : 1;
    }

    private static async Task<long> FillAsync(SegmentOutbox outbox, Content content, long bytes)
    {
        var start = Timestamp.Now(TimeProvider.System) - TimeSpan.FromSeconds((double)bytes / LeastBytesOfARecord / content.Tags);
        var records = 0L;
        Task before = Task.CompletedTask;
        for (var second = 0; outbox.Status.BytesWritten < bytes; second++)
        {
            List<Task> accepted = [];
            foreach (var poll in content.Second(second, start + TimeSpan.FromSeconds(second)))
            {
                accepted.Add(await outbox.AppendAsync(poll, [], CancellationToken.None));
                records += poll.Count;
            }

            await before;
            before = Task.WhenAll(accepted);
        }

        await before;
        return records;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
