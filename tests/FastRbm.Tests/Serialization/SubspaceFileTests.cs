using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Subspace;
using FastRbm.Serialization;
using FastRbm.Testing;
using FastRbm.Tests.Models.Subspace;
using FastRbm.Training;
using FastRbm.Training.Subspace;

namespace FastRbm.Tests.Serialization;

public sealed class SubspaceFileTests
{
    private static readonly TestRows _rows = new(Enumerable.Range(0, 53).Select(static row => new SplitMix64((ulong)row).NextFloats(70, 0, 1)));

    [Fact]
    public void A_model_comes_back_as_it_was_with_its_metadata()
    {
        using TemporaryDirectory directory = new();
        string path = directory.File("m.safetensors");
        SubspaceRbm model = SubspaceModels.Engine(SubspaceModels.Random(6, 5, 3, 1));
        SubspaceFile.Save(path, model, new Dictionary<string, string> { ["note"] = "x" });
        Assert.Equal(SubspaceModels.Parameters(model), SubspaceModels.Parameters(SubspaceFile.Load(path)));
        Assert.Equal("x", SubspaceFile.LoadMetadata(path)["note"]);
        Assert.Equal(ModelKinds.Subspace, ModelFile.KindOf(path));
        Assert.Throws<ArgumentException>(() => SubspaceFile.Save(path, model, new Dictionary<string, string> { ["model"] = "rbm" }));
    }

    [Fact]
    public void One_kind_is_not_loaded_as_another()
    {
        using TemporaryDirectory directory = new();
        string subspace = directory.File("s.safetensors");
        string rbm = directory.File("r.safetensors");
        SubspaceFile.Save(subspace, new SubspaceRbm(3, 2, 2));
        ModelFile.Save(rbm, Rbm.Binary(3, 2));
        Assert.Contains("subspace", Assert.Throws<InvalidInputException>(() => ModelFile.Load(subspace)).Message, StringComparison.Ordinal);
        Assert.Contains("subspace", Assert.Throws<InvalidInputException>(() => SubspaceFile.Load(rbm)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_chain_and_values_that_are_not_finite_are_refused()
    {
        using TemporaryDirectory directory = new();
        Assert.Contains("gate_bias", Refusal([3, 2, 4], 3, 5, [2, 4], 0), StringComparison.Ordinal);
        Assert.Contains("subspace_bias", Refusal([3, 2, 4], 3, 4, [4, 2], 0), StringComparison.Ordinal);
        Assert.Contains("visible_bias", Refusal([3, 2, 4], 4, 4, [2, 4], 0), StringComparison.Ordinal);
        Assert.Contains("3 dimensions", Refusal([3, 8], 3, 4, [2, 4], 0), StringComparison.Ordinal);
        Assert.Contains("at least one", Refusal([3, 0, 4], 3, 4, [0, 4], 0), StringComparison.Ordinal);
        Assert.Contains("NaN", Refusal([3, 2, 4], 3, 4, [2, 4], float.NaN), StringComparison.Ordinal);

        string Refusal(long[] weights, int visible, int gates, long[] subspaces, float value)
        {
            string path = directory.File("bad.safetensors");
            SafetensorsWriter writer = ModelFormat.Begin(ModelKinds.Subspace, null);
            Add(writer, "weights", weights, value);
            Add(writer, "visible_bias", [visible], 0);
            Add(writer, "gate_bias", [gates], 0);
            Add(writer, "subspace_bias", subspaces, 0);
            writer.Save(path);
            return Assert.Throws<InvalidInputException>(() => SubspaceFile.Load(path)).Message;
        }

        static void Add(SafetensorsWriter writer, string name, long[] shape, float value)
        {
            float[] row = new float[shape[^1]];
            Array.Fill(row, value);
            writer.Add<float>(name, shape, _ => row);
        }
    }

    [Theory]
    [InlineData(TrainingAlgorithm.ContrastiveDivergence, Binarization.Threshold)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, Binarization.Sample)]
    [InlineData(TrainingAlgorithm.PersistentContrastiveDivergence, Binarization.None)]
    public void A_run_resumed_after_any_update_writes_the_same_bytes(TrainingAlgorithm algorithm, Binarization binarization)
    {
        TrainingOptions options = new()
        {
            Algorithm = algorithm,
            Binarization = binarization,
            BatchSize = 20,
            Epochs = 4,
            Steps = 2,
            Seed = 6,
            Threads = 1,
            MonitorRows = 5,
            WeightDecay = 1e-3,
            Momentum = MomentumSchedule.Constant(0.5),
        };
        using TemporaryDirectory directory = new();
        byte[] whole = Finish(new SubspaceTrainer(Model(), _rows, options));
        for (int stop = 0; stop < 12; stop += 5)
        {
            string path = directory.File("checkpoint.safetensors");
            using (SubspaceTrainer first = new(Model(), _rows, options))
            {
                while (first.State.Update < stop)
                {
                    first.Step();
                }

                SubspaceFile.SaveCheckpoint(path, first, "data");
            }

            SubspaceTrainer second = SubspaceFile.ResumeCheckpoint(path, _rows, "data", options with { Threads = 2 });
            Assert.Equal(stop, second.State.Update);
            Assert.Equal(whole, Finish(second));
            Assert.Contains("data data in the checkpoint, other now", Assert.Throws<InvalidInputException>(() => SubspaceFile.ResumeCheckpoint(path, _rows, "other", options)).Message, StringComparison.Ordinal);
        }

        byte[] Finish(SubspaceTrainer trainer)
        {
            using (trainer)
            {
                trainer.Run(cancellation: TestContext.Current.CancellationToken);
                string path = directory.File("whole.safetensors");
                SubspaceFile.SaveCheckpoint(path, trainer, "data");
                return File.ReadAllBytes(path);
            }
        }

        static SubspaceRbm Model() => SubspaceInitializer.Normal(_rows, 9, 3, 4);
    }
}
