using System.CommandLine;
using Penstock.Central.Data;
using Penstock.Central.Historian;
using Penstock.Central.Kafka;

namespace Penstock.Central.Commands;

internal static class CommonOptions
{
    public static Option<string> Data() => new("--data") { Description = "The centre's data folder.", Required = true };

    /// <summary>Turns the expected failures into one line and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        // Until a command has given its task back, a signal ends the process on the spot; the start must end in order too.
        await Task.Yield();
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Fine;
        }
        catch (DataFolderException e)
        {
            return Fail(e.Message, e.IsPassing ? ExitCode.Problem : ExitCode.WrongUsage);
        }
        catch (ClusterException e)
        {
            return Fail(e.Message, ExitCode.Problem);
        }
        catch (HistorianException e)
        {
            return Fail(e.Message, ExitCode.Problem);
        }
        catch (StartException e)
        {
            return Fail(e.Message, e.Code);
        }
    }

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"penstock-central: {message}");
        return code;
    }
}
